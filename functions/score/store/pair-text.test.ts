import { describe, expect, it } from 'vitest';
import type { Rule } from '#shared/domain/rule.ts';
import { addToPair } from '../core/add-to-pair.ts';
import { toVerdict } from '../core/findings.ts';
import { type Entry, emptyPairState, type PairState } from '../core/pair-state.ts';
import type { Decision, TotalsStore } from '../totals-store.ts';
import { RULE, transaction } from './contract-cases.ts';
import { decodePairState, encodePairState } from './pair-text.ts';
import { totalOf } from './pair-total.ts';
import { describeTotalsStore } from './store-contract.ts';

/** The core, with each pair's state written and read again between any two transactions. */
function createWritingStore(rule: Rule): TotalsStore {
  const texts = new Map<string, string>();
  const unsent = new Map<string, Decision>();
  const stateOf = (key: string): PairState => {
    const text = texts.get(key);
    return text === undefined ? emptyPairState() : decodePairState(text, rule);
  };
  const keyOf = (pair: { origin: string; target: string; currency: string }): string =>
    JSON.stringify([pair.origin, pair.target, pair.currency]);
  return {
    add: async (x) => {
      const pending = unsent.get(keyOf(x) + x.id);
      if (pending !== undefined) return pending;
      const state = stateOf(keyOf(x));
      const added = addToPair(state, x, rule);
      if (added.kind === 'late') return added;
      const { verdict } = added.kind === 'known' ? added.entry : added;
      const told = toVerdict(state, verdict as Entry['verdict'] & object, rule);
      if (added.kind === 'known') return { kind: 'duplicate', first: told };
      texts.set(keyOf(x), encodePairState(state, rule));
      if (told.findings.length > 0) unsent.set(keyOf(x) + x.id, { kind: 'duplicate', first: told });
      return told;
    },
    sent: async (x) => void unsent.delete(keyOf(x) + x.id),
    read: async (pair) => totalOf(stateOf(keyOf(pair)), rule),
    problem: async () => undefined,
    close: async () => {},
  };
}

const runs = Number(process.env.PROPERTY_RUNS ?? 100);
describeTotalsStore('a pair as text', async (rule) => createWritingStore(rule), { runs });

describe('the text of a pair', () => {
  const written = (ids: readonly string[], amount = 1): string => {
    const state = emptyPairState();
    for (const [i, id] of ids.entries()) {
      addToPair(state, transaction({ t: 1_000_000 + i, id, amount }), RULE);
    }
    return encodePairState(state, RULE);
  };

  it('says of a usual transaction its time, amount, and id without the source', () => {
    expect(written(['/bank/a#1', '/bank/a#2'])).toBe(
      '["/bank/a#",2,0,0,1000000,[0,1,"1",1,1,"2"]]',
    );
  });

  it.each([
    ['of several sources', ['/a#1', '/b#1', '/a#2']],
    ['with sources that contain the mark', ['/a#b#1', '/a#1', '#1', '##', '#']],
    ['without a source', ['1', '2']],
    ['in which one is a part of the other', ['/a#1', '/a#11', '/a#1#1', 'a#1']],
    ['of any characters', ['"#\\', '/ü#é', '__proto__#constructor', '\u2028#\u202e']],
  ])('gives ids back %s', (_, ids) => {
    const { entries } = decodePairState(written(ids), RULE);
    expect(entries.map(({ id }) => id)).toEqual(ids);
  });

  it('keeps totals that no number holds exactly', () => {
    const max = Number.MAX_SAFE_INTEGER;
    const { entries } = decodePairState(written(['1', '2', '3'], max), RULE);
    expect(entries.map(({ totalMinor }) => totalMinor)).toEqual(
      [1n, 2n, 3n].map((n) => n * BigInt(max)),
    );
  });
});
