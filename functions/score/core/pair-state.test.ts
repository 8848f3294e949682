import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Rule } from '#shared/domain/rule.ts';
import type { Transaction } from '#shared/domain/transaction.ts';
import { arrivals, rules } from '../store/contract-cases.ts';
import { addToPair } from './add-to-pair.ts';
import { toVerdict } from './findings.ts';
import { emptyPairState, findEntry, type PairState, pairStateOf } from './pair-state.ts';

/** What is decided for one transaction, with its members. */
function decide(state: PairState, transaction: Transaction, rule: Rule): unknown {
  const added = addToPair(state, transaction, rule);
  if (added.kind === 'late') return added;
  const { verdict } = added.entry;
  return { kind: added.kind, ...(verdict && toVerdict(state, verdict, rule)) };
}

function apartAndTogether(state: PairState): PairState {
  const { entries, alerts, trimmedOpeningId, newestOpeningId, arrivals: came } = state;
  return pairStateOf({ entries, alerts, trimmedOpeningId, newestOpeningId, arrivals: came });
}

describe('the state of a pair', () => {
  it.each(rules)('goes on from its parts as if it had never been apart (O4): %o', (each) => {
    const { rule, density } = each;
    fc.assert(
      fc.property(arrivals(rule, density, 150), (list) => {
        const whole = emptyPairState();
        let parted = emptyPairState();
        for (const transaction of list) {
          parted = apartAndTogether(parted);
          expect(decide(parted, transaction, rule)).toEqual(decide(whole, transaction, rule));
        }
      }),
      { numRuns: 50 },
    );
  });

  it('finds each of few entries and of many by its id (O3)', () => {
    const rule = (rules[4] as (typeof rules)[number]).rule;
    const state = emptyPairState();
    for (let i = 0; i < 100; i++) {
      const transaction = { ...{ id: `${i}`, origin: 'a', target: 'b', currency: 'USD' } };
      addToPair(state, { ...transaction, eventTimeMs: i, amountMinor: 1 }, rule);
      expect(findEntry(state, `${i}`)?.eventTimeMs).toBe(i);
      expect(findEntry(state, '0')?.eventTimeMs).toBe(0);
      expect(findEntry(state, 'unknown')).toBeUndefined();
    }
  });
});
