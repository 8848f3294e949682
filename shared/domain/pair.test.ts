import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeAccount, isAccount, pairKey } from './pair.ts';

describe('an account', () => {
  it.each(['66', 'DE89 3704 0044', 'Zürich-7', '帳戶', '😀'.repeat(64), '{a}:b/c%'])(
    'may be %j (S1)',
    (text) => {
      expect(isAccount(text)).toBe(true);
    },
  );

  it.each(['', 'a;b', 'a\nb', 'a\u0000', 'a\u202eb', 'a\u2028b', '\ud800', 'x'.repeat(65)])(
    'may not be %j (S1)',
    (text) => {
      expect(isAccount(text)).toBe(false);
    },
  );
});

describe('a pair’s key', () => {
  it('joins origin and target as they are where they are plain (W1)', () => {
    expect(pairKey({ origin: '66', target: '26' })).toBe('66:26');
  });

  it('encodes what could steer a key, a path, a hash tag or a header (W1)', () => {
    expect(encodeAccount('a%b:c/d{e}é')).toBe('a%25b%3Ac%2Fd%7Be%7D%C3%A9');
  });

  it('is never the same for two pairs (W1)', () => {
    const account = fc.string({ minLength: 1, maxLength: 4, unit: fc.constantFrom(...'a:%3A/{é') });
    const pair = fc.record({ origin: account, target: account });
    fc.assert(
      fc.property(pair, pair, (a, b) => {
        const isSame = a.origin === b.origin && a.target === b.target;
        return (pairKey(a) === pairKey(b)) === isSame;
      }),
    );
  });
});
