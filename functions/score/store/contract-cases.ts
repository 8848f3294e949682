import fc from 'fast-check';
import type { Rule } from '#shared/domain/rule.ts';
import type { Transaction } from '#shared/domain/transaction.ts';

/** W one minute, allowed lateness half a minute, threshold 1.00: small numbers to think with. */
export const RULE: Rule = {
  id: 'pair-total',
  version: 1,
  groupBy: 'pair',
  windowMs: 60_000,
  allowedLatenessMs: 30_000,
  thresholdMinor: 100,
  updates: 'doubling',
};

/** The rules that random sequences are played under: every kind of update, edges of the spans. */
export const rules: readonly Rule[] = [
  { ...RULE, windowMs: 10, allowedLatenessMs: 10 },
  { ...RULE, windowMs: 10, allowedLatenessMs: 25, updates: 'every' },
  { ...RULE, windowMs: 20, allowedLatenessMs: 0 },
  { ...RULE, windowMs: 1, allowedLatenessMs: 5, updates: 'never' },
  // Dense: dozens of transactions in a window whose total goes to and fro over the threshold.
  { ...RULE, windowMs: 200, allowedLatenessMs: 150, thresholdMinor: 900 },
];

/** A transaction said briefly: `t` event time in ms, `amount` in minor units. */
export function transaction(
  brief: { t: number; id: string; amount: number } & Partial<Transaction>,
): Transaction {
  const { t, amount, ...rest } = brief;
  return {
    origin: 'a',
    target: 'b',
    currency: 'USD',
    ...rest,
    eventTimeMs: t,
    amountMinor: amount,
  };
}

/**
 * Arrivals of one pair: time mostly moves on by less than W, often jumps back within and a little
 * beyond the allowed lateness, ties and exact W are common, ids come again.
 */
export function arrivals(rule: Rule, maxLength = 60): fc.Arbitrary<Transaction[]> {
  const { windowMs: w, allowedLatenessMs: lateness } = rule;
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 0, max: Math.ceil(w / (w < 100 ? 4 : 40)) }) },
    { weight: w < 100 ? 2 : 1, arbitrary: fc.constantFrom(0, 1, w, w - 1, w + 1, -w) },
    { weight: 4, arbitrary: fc.integer({ min: -lateness - 2, max: 0 }) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 3 * w }) },
  );
  const amount = fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 0, max: 60 }) },
    { weight: 2, arbitrary: fc.constantFrom(0, 1, 100, 101) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 400 }) },
    { weight: 1, arbitrary: fc.constant(Number.MAX_SAFE_INTEGER) },
  );
  const arrival = fc.record({ step, amount, id: fc.nat({ max: maxLength * 2 }), again: fc.nat(9) });
  return fc.array(arrival, { minLength: 1, maxLength }).map((list) => {
    let clockMs = 1000;
    const made: Transaction[] = [];
    for (const { step: move, amount: amountMinor, id, again } of list) {
      const earlier = made[id % Math.max(made.length, 1)];
      if (again === 0 && earlier !== undefined) {
        made.push(earlier);
        continue;
      }
      const t = clockMs + move;
      clockMs = Math.max(clockMs, t);
      made.push(transaction({ t, id: `${id}é${made.length}`, amount: amountMinor }));
    }
    return made;
  });
}
