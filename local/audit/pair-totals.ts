import type { TotalMinor } from '#shared/domain/amount.ts';
import { type Pair, pairKey } from '#shared/domain/pair.ts';
import type { Rule } from '#shared/domain/rule.ts';
import type { Transaction } from '#shared/domain/transaction.ts';
import { addToPair } from '../../functions/score/core/add-to-pair.ts';
import { emptyPairState, type PairState } from '../../functions/score/core/pair-state.ts';
import { windowStart } from '../../functions/score/core/window.ts';

/** The trailing total at a pair's newest transaction, as the log has it. */
export interface LogTotal {
  readonly pair: Pair;
  readonly newestTimeMs: number;
  readonly totalMinor: TotalMinor;
  readonly transactionCount: number;
  /** When the newest of its records was written. */
  readonly newestRecordMs: number;
  /** Of the window. */
  readonly memberIds: readonly string[];
}

/**
 * Totals made anew from transactions by the core, in whatever order they come: with an allowed
 * lateness of at least W, what is late is older than the window of the newest one and cannot matter
 * to its total. Of each pair only what can is kept.
 */
export class PairTotals {
  readonly #rule: Rule;
  readonly #pairs = new Map<string, { pair: Pair; state: PairState; newestRecordMs: number }>();

  constructor(rule: Rule) {
    const allowedLatenessMs = Math.max(rule.windowMs, rule.allowedLatenessMs);
    // What is fraud is not asked here.
    const threshold = { thresholdMinor: Number.MAX_SAFE_INTEGER, updates: 'never' } as const;
    this.#rule = { ...rule, ...threshold, allowedLatenessMs };
  }

  get size(): number {
    return this.#pairs.size;
  }

  add(transaction: Transaction, writtenMs: number): void {
    const name = nameOfPair(transaction);
    let known = this.#pairs.get(name);
    if (known === undefined) {
      const { origin, target, currency } = transaction;
      const pair = { origin, target, currency };
      known = { pair, state: emptyPairState(), newestRecordMs: Number.NEGATIVE_INFINITY };
      this.#pairs.set(name, known);
    }
    known.newestRecordMs = Math.max(known.newestRecordMs, writtenMs);
    addToPair(known.state, transaction, this.#rule);
  }

  *totals(): Generator<LogTotal> {
    for (const { pair, state, newestRecordMs } of this.#pairs.values()) {
      const last = state.entries.length - 1;
      const newest = state.entries[last];
      if (newest === undefined) continue;
      const start = windowStart(state.entries, last, this.#rule.windowMs);
      yield {
        ...{ pair, newestRecordMs, newestTimeMs: newest.eventTimeMs },
        ...{ totalMinor: newest.totalMinor, transactionCount: last - start + 1 },
        memberIds: state.entries.slice(start).map(({ id }) => id),
      };
    }
  }
}

export function nameOfPair(pair: Pair): string {
  return `${pairKey(pair)}:${pair.currency}`;
}
