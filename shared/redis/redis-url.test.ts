import { describe, expect, test } from 'vitest';
import { hasPassword, isClusterUrl, parseClusterUrl, showUrl } from './redis-url.ts';

describe('the address of a Redis Cluster', () => {
  test.each([
    [
      'redis+cluster://a',
      { isTls: false, nodes: [{ host: 'a', port: 6379 }], username: undefined },
    ],
    [
      'rediss+cluster://me:p%40ss%2Cw:rd@a.example:7000,[::1]:7001/',
      {
        ...{ isTls: true, username: 'me', password: 'p@ss,w:rd' },
        nodes: [
          { host: 'a.example', port: 7000 },
          { host: '::1', port: 7001 },
        ],
      },
    ],
    ['redis+cluster://:word@a:1', { username: undefined, password: 'word' }],
  ])('is taken apart: %s', (url, parts) => {
    expect(isClusterUrl(url)).toBe(true);
    expect(parseClusterUrl(url)).toMatchObject(parts);
  });

  test.each([
    ['a database', 'redis+cluster://a:1/2'],
    ['no node', 'redis+cluster://'],
    ['a node without a name', 'redis+cluster://a:1,,b:2'],
    ['a port out of range', 'redis+cluster://a:65536'],
    ['a password that cannot be decoded', 'redis+cluster://:%zz@a:1'],
    ['another protocol', 'redis://a:1'],
  ])('is none with %s', (_, url) => {
    expect(parseClusterUrl(url)).toBeUndefined();
  });
});

test('shows an address without user and password (P)', () => {
  expect(showUrl('rediss://splitwatch:s3cret@redis.example:6380/2')).toBe(
    'rediss://redis.example:6380/2',
  );
  expect(showUrl('redis://:s3cret@127.0.0.1:6379')).toBe('redis://127.0.0.1:6379');
  expect(showUrl('s3cret')).not.toContain('s3cret');
  expect(showUrl('redis+cluster://me:s3cret@a:1,b:2')).toBe('redis+cluster://a:1,b:2');
  expect(showUrl('redis+cluster://:s3cret@a:1/x@y')).not.toContain('s3cret');
});

test('knows an address that holds a password', () => {
  expect(hasPassword('redis://:pw@r:1')).toBe(true);
  expect(hasPassword('redis://r:1')).toBe(false);
  expect(hasPassword('redis+cluster://me:pw@a:1,b:2')).toBe(true);
  expect(hasPassword('redis+cluster://a:1,b:2')).toBe(false);
});
