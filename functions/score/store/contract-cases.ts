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

/** Rules that random sequences are played under, and about how many arrivals fall into a window. */
export const rules: readonly { readonly rule: Rule; readonly density: number }[] = [
  { rule: { ...RULE, windowMs: 10, allowedLatenessMs: 10 }, density: 6 },
  { rule: { ...RULE, windowMs: 10, allowedLatenessMs: 25, updates: 'every' }, density: 6 },
  { rule: { ...RULE, windowMs: 20, allowedLatenessMs: 0 }, density: 6 },
  { rule: { ...RULE, windowMs: 1, allowedLatenessMs: 5, updates: 'never' }, density: 2 },
  // Dense: dozens in a window, whose total goes to and fro over the threshold.
  { rule: { ...RULE, windowMs: 200, allowedLatenessMs: 150, thresholdMinor: 900 }, density: 60 },
  // Late by more than a window, so that whole stretches between are in reach or just beyond it.
  { rule: { ...RULE, windowMs: 24, allowedLatenessMs: 90, thresholdMinor: 400 }, density: 24 },
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

/** Arrivals that chance seldom makes: [time, amount] one after another. */
export const namedArrivals = [
  {
    name: 'a late amount that doubles a total in the middle of a run between others',
    rule: { ...RULE, windowMs: 1000, allowedLatenessMs: 2000 },
    list: brief([10, 1], [11, 1], [12, 1], [20, 10], [21, 88], [22, 89], [1100, 0], [1101, 0])
      .concat(brief([1102, 0], [1103, 0], [1104, 0], [1105, 0]))
      .concat(brief([9, 20])),
  },
  {
    name: 'late ones that crowd in beside the oldest that is remembered',
    rule: { ...RULE, windowMs: 10, allowedLatenessMs: 10 },
    list: brief([0, 5], [14, 7], [15, 9], [16, 3], [22, 1], [13, 2], [13, 4], [12, 8])
      .concat(brief([13, 16], [12, 32], [13, 64], [14, 1], [14, 2], [23, 1], [24, 5], [35, 1]))
      .concat(brief([26, 9], [27, 9], [25, 9], [36, 1])),
  },
] as const satisfies readonly { name: string; rule: Rule; list: readonly Transaction[] }[];

function brief(...list: readonly (readonly [t: number, amount: number])[]): Transaction[] {
  return list.map(([t, amount], i) => transaction({ t, amount, id: `${t}/${amount}/${i}` }));
}

/**
 * Arrivals of one pair: time mostly moves on by a part of W, often jumps back within and a little
 * beyond the allowed lateness, ties and exact W are common, transactions come again.
 */
export function arrivals(rule: Rule, density: number, maxLength = 60): fc.Arbitrary<Transaction[]> {
  const { windowMs: w, allowedLatenessMs: lateness, thresholdMinor: limit } = rule;
  const step = fc.oneof(
    { weight: 12, arbitrary: fc.integer({ min: 0, max: Math.ceil((2 * w) / density) }) },
    { weight: 1, arbitrary: fc.constantFrom(0, 1, w, w - 1, w + 1) },
    { weight: 2, arbitrary: fc.constantFrom(-w, -w - 1, 1 - w, -2 * w) },
    { weight: 4, arbitrary: fc.integer({ min: -lateness - 2, max: 0 }) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 2 * w }) },
  );
  const amount = fc.oneof(
    { weight: 12, arbitrary: fc.integer({ min: 0, max: Math.ceil((2 * limit) / density) }) },
    { weight: 2, arbitrary: fc.constantFrom(0, 1, limit, limit + 1) },
    { weight: 2, arbitrary: fc.integer({ min: 0, max: 3 * limit }) },
    { weight: 1, arbitrary: fc.constantFrom(Number.MAX_SAFE_INTEGER, 0) },
  );
  const arrival = fc.record({ step, amount, id: fc.nat({ max: 2 * maxLength }), again: fc.nat(9) });
  return fc.array(arrival, { minLength: 1, maxLength, size: 'max' }).map((list) => {
    let clockMs = 4 * (w + lateness) + 1000; // No time before 1970 is accepted (S1).
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
