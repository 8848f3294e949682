import fc from 'fast-check';
import { expect, it } from 'vitest';
import { arrivals, rules } from '../store/contract-cases.ts';
import { addToPair } from './add-to-pair.ts';
import { foldPair } from './fold-pair.ts';
import { emptyPairState } from './pair-state.ts';

it.each(rules)(
  'says the same of a pair that was folded while it was quiet (D3, D5): %o',
  (each) => {
    const { rule, density } = each;
    fc.assert(
      fc.property(arrivals(rule, density, 100), (list) => {
        const inTime = [...new Map(list.map((x) => [x.id, x])).values()].sort(
          (a, b) => a.eventTimeMs - b.eventTimeMs,
        );
        const whole = emptyPairState();
        let folded = emptyPairState();
        for (const x of inTime) {
          const isQuiet = folded.newestTimeMs <= x.eventTimeMs - rule.windowMs;
          if (isQuiet) folded = foldPair(folded) ?? emptyPairState();
          const [a, b] = [addToPair(whole, x, rule), addToPair(folded, x, rule)];
          expect(b.kind).toBe('added');
          expect(told(b)).toEqual(told(a));
        }
      }),
      { numRuns: 100 },
    );
  },
);

/** Arrivals are counted anew in no state, so they are the same too. */
function told(added: ReturnType<typeof addToPair>): unknown {
  if (added.kind !== 'added') return added.kind;
  const { totalMinor, transactionCount, findings } = added.verdict;
  const brief = findings.map(({ at, arrival, ...finding }) => ({ ...finding, at: at.id }));
  return { totalMinor, transactionCount, findings: brief };
}
