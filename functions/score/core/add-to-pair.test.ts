import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Rule } from '#shared/domain/rule.ts';
import type { Transaction } from '#shared/domain/transaction.ts';
import { createPairOracle, type OracleAnswer } from '../../../test/oracle/oracle.ts';
import { arrivals, rules, transaction } from '../store/contract-cases.ts';
import { addToPair, addUnknown } from './add-to-pair.ts';
import { toVerdict } from './findings.ts';
import { emptyPairState, type PairState } from './pair-state.ts';

function decide(state: PairState, x: Transaction, rule: Rule): OracleAnswer {
  const added = addToPair(state, x, rule);
  if (added.kind === 'late') {
    return { kind: 'late', totalMinor: 0n, transactionCount: 0, events: [] };
  }
  const { verdict } = added.entry;
  if (verdict === undefined) throw new Error('an entry without its verdict');
  const { kind, totalMinor, transactionCount, findings } = toVerdict(state, verdict, rule);
  const events = findings.map(({ openingId, sequence, totalMinor: total, members }) => {
    return { openingId, sequence, totalMinor: total, memberIds: members.map(({ id }) => id) };
  });
  return {
    kind: added.kind === 'known' ? 'duplicate' : kind,
    totalMinor,
    transactionCount,
    events,
  };
}

describe('adding to a pair', () => {
  // So many that ids are looked up, and what is old is forgotten some at a time.
  it.each(rules.filter(({ density }) => density >= 24))(
    'decides for a pair with many as the oracle does (D1-D5, O1-O3): %o',
    ({ rule, density }) => {
      fc.assert(
        fc.property(arrivals(rule, density, 240), (list) => {
          const oracle = createPairOracle(rule);
          const state = emptyPairState();
          for (const x of list) expect(decide(state, x, rule)).toEqual(oracle(x));
        }),
        { numRuns: 6 },
      );
    },
    60_000,
  );

  it('forgets what is too old to matter, also of many (O2)', () => {
    const rule: Rule = { ...(rules[4] as (typeof rules)[number]).rule, thresholdMinor: 10 };
    const state = emptyPairState();
    for (let t = 0; t < 5000; t++)
      addToPair(state, transaction({ t, id: `${t}`, amount: 1 }), rule);
    const kept = 2 * rule.windowMs + rule.allowedLatenessMs;
    expect(state.entries.length).toBeGreaterThanOrEqual(kept);
    expect(state.entries.length).toBeLessThan(kept + 64);
    expect(state.idHashes?.slots.length).toBeLessThan(8 * kept);
    expect(state.alerts.size).toBeLessThan(3);
  });

  it('goes on exactly after totals beyond 2^53, and back below (S1)', () => {
    const rule: Rule = { ...(rules[0] as (typeof rules)[number]).rule, windowMs: 10 };
    const state = emptyPairState();
    const totals = [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, 1, 3, 5].map((amount, i) => {
      const added = addToPair(state, transaction({ t: 6 * i, id: `${i}`, amount }), rule);
      return added.kind === 'added' ? added.verdict.totalMinor : undefined;
    });
    const max = 2n ** 53n - 1n;
    expect(totals).toEqual([max, 2n * max, max + 1n, 4n, 8n]);
  });

  it('does the same where an id is known to be new', () => {
    const { rule, density } = rules[4] as (typeof rules)[number];
    fc.assert(
      fc.property(arrivals(rule, density, 100), (list) => {
        const [looked, told] = [emptyPairState(), emptyPairState()];
        for (const x of new Map(list.map((each) => [each.id, each])).values()) {
          expect(addUnknown(told, x, rule)).toEqual(addToPair(looked, x, rule));
        }
      }),
      { numRuns: 50 },
    );
  });
});
