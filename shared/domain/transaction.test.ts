import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareIds, compareTransactions, transactionId } from './transaction.ts';

describe('a transaction’s id', () => {
  it('is SOURCE#ID (W2)', () => {
    expect(transactionId('/bank/a', 'tx-1')).toBe('/bank/a#tx-1');
  });

  it('names one (source, id) only, wherever a # stands (S3)', () => {
    const part = fc.string({ minLength: 1, maxLength: 4, unit: fc.constantFrom(...'a#%23') });
    fc.assert(
      fc.property(part, part, part, part, (s1, i1, s2, i2) => {
        const isSame = s1 === s2 && i1 === i2;
        return (transactionId(s1, i1) === transactionId(s2, i2)) === isSame;
      }),
    );
  });
});

describe('the order of transactions', () => {
  it('is by event time, then by id (D1)', () => {
    const list = [
      { eventTimeMs: 2, id: 'a' },
      { eventTimeMs: 1, id: 'b' },
      { eventTimeMs: 1, id: 'a' },
    ];
    expect(list.sort(compareTransactions).map((x) => `${x.eventTimeMs}${x.id}`)).toEqual([
      '1a',
      '1b',
      '2a',
    ]);
  });

  it('compares ids byte by byte in UTF-8, as Redis does', () => {
    // As UTF-16 the emoji, a surrogate pair, would stand before U+FFEE.
    expect(compareIds('\u{1f600}', '\uffee')).toBeGreaterThan(0);
    const text = fc.string({ unit: 'binary', maxLength: 5 });
    fc.assert(
      fc.property(text, text, (a, b) => {
        const expected = Buffer.compare(Buffer.from(a), Buffer.from(b));
        return Math.sign(compareIds(a, b)) === (a === b ? 0 : expected);
      }),
    );
  });
});
