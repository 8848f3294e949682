import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compareTransactions } from '#shared/domain/transaction.ts';
import { RULE, rules, transaction } from '../../functions/score/store/contract-cases.ts';
import { totalAt, windowAt } from '../../test/oracle/oracle.ts';
import { PairTotals } from './pair-totals.ts';

it('makes the newest total from a set in any order, as the oracle does (O4)', () => {
  const timesAndAmounts = fc.array(fc.tuple(fc.nat(150), fc.nat(40)), {
    ...{ minLength: 1, maxLength: 60, size: 'max' },
  });
  fc.assert(
    fc.property(timesAndAmounts, fc.constantFrom(...rules), (all, { rule }) => {
      const set = all.map(([t, amount], i) => transaction({ t, amount, id: `x${i}` }));
      const totals = new PairTotals(rule);
      for (const [i, one] of [...set, ...set].entries()) totals.add(one, i);
      const newest = set.toSorted(compareTransactions).at(-1) as (typeof set)[number];
      const window = windowAt(set, newest, rule);
      const [total, ...others] = [...totals.totals()];
      expect(others).toEqual([]);
      expect(total).toEqual({
        pair: { origin: 'a', target: 'b', currency: 'USD' },
        newestTimeMs: newest.eventTimeMs,
        totalMinor: totalAt(set, newest, rule),
        transactionCount: window.length,
        newestRecordMs: 2 * set.length - 1,
        memberIds: window.map(({ id }) => id),
      });
    }),
  );
});

it('keeps pairs apart, also those whose names could be joined wrongly (S2)', () => {
  const totals = new PairTotals(RULE);
  const pairs = [
    { origin: 'a:b', target: 'c' },
    { origin: 'a', target: 'b:c' },
    { origin: 'a', target: 'b:c', currency: 'EUR' },
  ];
  for (const [i, pair] of pairs.entries()) {
    totals.add(transaction({ t: 1, id: 'same', amount: i + 1, ...pair }), 0);
  }
  expect([...totals.totals()].map(({ totalMinor }) => totalMinor)).toEqual([1n, 2n, 3n]);
});
