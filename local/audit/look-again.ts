import type { Pair } from '#shared/domain/pair.ts';
import type { Rule } from '#shared/domain/rule.ts';
import type { Transaction } from '#shared/domain/transaction.ts';
import type { Mark } from '#shared/journal/offset-marks.ts';
import type { PairTotal } from '../../functions/score/totals-store.ts';
import { isSameTotal } from './compare-totals.ts';
import { type LogTotal, nameOfPair, PairTotals } from './pair-totals.ts';

/**
 * Which pairs differ for good? Their totals are made anew, now with what Redis itself lists: it may
 * have taken in what was not marked when the marks were read, or has no mark because it was never
 * acknowledged (a fraud event that nobody took). All of that stands in the topic, and so does its
 * amount, so nothing wrong is taken for right: what is accepted must be in, and what else is in
 * must be a record of the topic that nobody refused.
 *
 * `redis` has to be read before the topic is, to its end: then the topic has all that is in there.
 */
export class SecondLook {
  readonly #redis: ReadonlyMap<string, PairTotal | undefined>;
  readonly #listed = new Map<string, ReadonlySet<string>>();
  readonly #totals: PairTotals;
  /** Pairs of which Redis lists too few to tell. */
  readonly #untold = new Set<string>();

  constructor(redis: ReadonlyMap<string, PairTotal | undefined>, rule: Rule) {
    this.#redis = redis;
    this.#totals = new PairTotals(rule);
    for (const [name, total] of redis) {
      this.#listed.set(name, new Set(total?.members.map(({ id }) => id)));
    }
  }

  take(transaction: Transaction, mark: Mark | undefined, writtenMs: number): void {
    const name = nameOfPair(transaction);
    const listed = this.#listed.get(name);
    if (listed === undefined || mark === 'refused') return;
    if (mark === 'accepted' || listed.has(transaction.id)) {
      this.#totals.add(transaction, writtenMs);
    } else if (isBeforeListed(transaction, this.#redis.get(name))) this.#untold.add(name);
  }

  /** The pairs that still differ, as the log has them, and those of which nobody can tell. */
  result(): { readonly differing: readonly LogTotal[]; readonly untold: readonly Pair[] } {
    const differing = [...this.#totals.totals()].filter(
      (log) => !isSameTotal(log, this.#redis.get(nameOfPair(log.pair))),
    );
    const isUntold = ({ pair }: LogTotal): boolean => this.#untold.has(nameOfPair(pair));
    return {
      differing: differing.filter((log) => !isUntold(log)),
      untold: differing.filter(isUntold).map(({ pair }) => pair),
    };
  }
}

/** Whether it may be in the window that Redis sums, and is older than the members that it lists. */
function isBeforeListed({ eventTimeMs }: Transaction, total: PairTotal | undefined): boolean {
  if (total === undefined || total.members.length === total.transactionCount) return false;
  return eventTimeMs <= (total.members[0]?.eventTimeMs ?? 0);
}
