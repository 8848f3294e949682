import { expect, test } from 'vitest';
import { eviction, evictionProblem } from './eviction.ts';

test('believes CONFIG GET before INFO memory', () => {
  const info = '# Memory\r\nmaxmemory:0\r\nmaxmemory_policy:noeviction\r\n';
  expect(eviction({ policy: 'allkeys-lru', info })).toEqual({
    kind: 'evicts',
    policy: 'allkeys-lru',
  });
});

test('reads the policy from INFO memory where CONFIG is forbidden', () => {
  const info = '# Memory\r\nmaxmemory_policy:volatile-ttl\r\nmem_allocator:jemalloc\r\n';
  expect(eviction({ policy: undefined, info })).toEqual({ kind: 'evicts', policy: 'volatile-ttl' });
});

test('says that it does not know when neither can be read', () => {
  expect(eviction({ policy: undefined, info: undefined })).toEqual({ kind: 'unknown' });
  expect(eviction({ policy: undefined, info: '# Memory\r\n' })).toEqual({ kind: 'unknown' });
});

test('accepts noeviction (L5)', () => {
  expect(eviction({ policy: 'noeviction', info: undefined })).toEqual({ kind: 'keeps' });
});

test('names the cure (L5)', () => {
  expect(evictionProblem('redis://r:6379', 'allkeys-lru')).toContain(
    'CONFIG SET maxmemory-policy noeviction',
  );
});
