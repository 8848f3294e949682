import { describe, expect, test } from 'vitest';
import { admit, isLoopback, pageAccess } from './page-access.ts';

describe('who may see alerts (P)', () => {
  test.each([
    ['127.0.0.1', undefined, 'loopback'],
    ['::1', undefined, 'loopback'],
    ['localhost', undefined, 'loopback'],
    ['0.0.0.0', undefined, 'closed'],
    ['10.0.0.7', undefined, 'closed'],
    ['0.0.0.0', 'secret', 'token'],
    ['127.0.0.1', 'secret', 'token'],
  ])('listening on %s with token %s: %s', (host, token, kind) => {
    expect(pageAccess(host, token).kind).toBe(kind);
  });

  test.each(['127.0.0.1.evil.example', 'localhost.evil.example', '1127.0.0.1', ''])(
    'takes %j for a foreign name',
    (host) => {
      expect(isLoopback(host)).toBe(false);
      expect(admit({ kind: 'loopback' }, { host }).kind).toBe('out');
    },
  );

  test('lets nobody in where there is no token, and says what to set', () => {
    const admission = admit({ kind: 'closed' }, { host: 'localhost', authorization: 'Bearer x' });
    expect(admission).toMatchObject({ kind: 'out', code: 'forbidden' });
    expect(JSON.stringify(admission)).toContain('PAGE_TOKEN');
  });

  test('takes the cookie that a token gave, and none that another token gave', () => {
    const access = { kind: 'token', token: 'right' } as const;
    const given = admit(access, { queryToken: 'right' });
    if (given.kind !== 'in by token') throw new Error('the token was not taken');
    const cookie = `theme=dark; ${given.cookie}`;
    expect(admit(access, { cookie }).kind).toBe('in');
    expect(admit({ kind: 'token', token: 'rotated' }, { cookie }).kind).toBe('out');
    expect(admit(access, { cookie: 'splitwatch_page=right' }).kind).toBe('out');
  });
});
