import { type Pair, pairKey } from '#shared/domain/pair.ts';
import type { Rule } from '#shared/domain/rule.ts';
import { addToPair } from '../core/add-to-pair.ts';
import { toVerdict } from '../core/findings.ts';
import { type Entry, emptyPairState, type PairState } from '../core/pair-state.ts';
import type { Verdict } from '../core/verdict.ts';
import type { Decision, PairTotal, TotalsStore } from '../totals-store.ts';
import { totalOf } from './pair-total.ts';
import { stateLifeMs } from './state-life.ts';

export interface MemoryStoreOptions {
  readonly rule: Rule;
  /** How long a pair that nothing happens to is kept, milliseconds of the clock (L5). */
  readonly stateTtlMs?: number;
  /** The clock, epoch milliseconds; decides only about forgetting idle pairs. */
  readonly now?: () => number;
}

interface Kept {
  readonly state: PairState;
  /** Verdicts whose fraud events the sink has not acknowledged, by transaction id. */
  readonly unsent: Map<string, { readonly verdict: Verdict; readonly sinceMs: number }>;
  touchedMs: number;
}

const DAY_MS = 86_400_000;

/**
 * The embedded store (`REDIS_URL=memory:`): the pure core over a map in this process. One process
 * only, and gone with it; for the laptop, and the twin that the Redis store is compared with.
 */
export function createMemoryTotalsStore(options: MemoryStoreOptions): TotalsStore {
  const { rule, now = () => 0 } = options;
  const lifeMs = stateLifeMs(rule, options.stateTtlMs ?? DAY_MS);
  /** In the order in which pairs were last touched, the longest idle one first. */
  const pairs = new Map<string, Kept>();

  const touch = (key: string): Kept => {
    const nowMs = now();
    const kept = pairs.get(key) ?? { state: emptyPairState(), unsent: new Map(), touchedMs: 0 };
    kept.touchedMs = nowMs;
    pairs.delete(key);
    pairs.set(key, kept);
    for (const [idleKey, idle] of pairs) {
      if (nowMs - idle.touchedMs < lifeMs) break;
      pairs.delete(idleKey);
    }
    for (const [id, { sinceMs }] of kept.unsent) {
      if (nowMs - sinceMs < lifeMs) break;
      kept.unsent.delete(id);
    }
    return kept;
  };

  return {
    add: async (transaction): Promise<Decision> => {
      const { state, unsent, touchedMs } = touch(keyOf(transaction));
      const pending = unsent.get(transaction.id);
      if (pending !== undefined) return { kind: 'duplicate', first: pending.verdict };
      const added = addToPair(state, transaction, rule);
      if (added.kind === 'late') return added;
      if (added.kind === 'known') {
        const first = toVerdict(state, added.entry.verdict as Entry['verdict'] & object, rule);
        return { kind: 'duplicate', first };
      }
      const verdict = toVerdict(state, added.verdict, rule);
      if (verdict.findings.length > 0) unsent.set(transaction.id, { verdict, sinceMs: touchedMs });
      return verdict;
    },

    sent: async (transaction) => {
      pairs.get(keyOf(transaction))?.unsent.delete(transaction.id);
    },

    read: async (pair): Promise<PairTotal | undefined> => {
      const state = pairs.get(keyOf(pair))?.state;
      return state === undefined ? undefined : totalOf(state, rule);
    },

    problem: async () => undefined,
    close: async () => pairs.clear(),
  };
}

function keyOf(pair: Pair): string {
  return `${pairKey(pair)}:${pair.currency}`;
}
