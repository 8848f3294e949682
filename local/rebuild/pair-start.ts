import type { Rule } from '#shared/domain/rule.ts';
import { compareTransactions, type Transaction } from '#shared/domain/transaction.ts';
import type { StoredRecord } from '#shared/kafka/topic.ts';

export interface Start {
  /** Event time of the first transaction to be read. */
  readonly fromMs: number;
  /** By partition, the first offset that one of them stands at. */
  readonly offsets: ReadonlyMap<number, bigint>;
}

/** Of the record that a transaction came in. */
type RecordStamp = Pick<StoredRecord, 'partition' | 'offset' | 'timestampMs'>;

/**
 * How far back must a pair's transactions be read, so that its totals, its episodes and their alert
 * ids come out as they were? Far enough for all that the store would still know, 2 W + allowed
 * lateness before the newest one; and not from the middle of an episode, which would then open
 * again with another transaction and be told twice. So: from the first transaction in a window that
 * ends so long ago, in which none was fraud. What is read before it lacks a part of its window and
 * can only seem smaller; what comes behind it has its window whole.
 *
 * W 10 min, lateness 10 min, newest 12:00: an episode from 11:20 to 11:40, the one before 11:20 at
 * 11:15 is calm, and so is its window back to 11:05: read from the first one after 11:05.
 */
export class PairStart {
  readonly #rule: Rule;
  /** In (time, id) order. */
  readonly #entries: Seen[] = [];
  readonly #ids = new Set<string>();
  #newestRecordMs = Number.NEGATIVE_INFINITY;
  #sinceTrim = 0;

  constructor(rule: Rule) {
    this.#rule = rule;
  }

  /** When the newest record of the pair was written. */
  get newestRecordMs(): number {
    return this.#newestRecordMs;
  }

  add({ id, eventTimeMs, amountMinor }: Transaction, record: RecordStamp): void {
    this.#newestRecordMs = Math.max(this.#newestRecordMs, record.timestampMs);
    if (this.#ids.has(id)) return;
    this.#ids.add(id);
    const { partition, offset } = record;
    const seen = { id, eventTimeMs, amountMinor, partition, offset };
    let at = this.#entries.length;
    while (at > 0 && compareTransactions(this.#entries[at - 1] as Seen, seen) > 0) at -= 1;
    this.#entries.splice(at, 0, seen);
    this.#sinceTrim += 1;
    if (this.#sinceTrim > this.#entries.length / 2 + TRIM_AT_LEAST) this.#trim();
  }

  /** What has to be read again; from the first one of all where none is calm. */
  start(): Start {
    const needed = this.#entries.slice(this.#startIndex());
    const offsets = new Map<number, bigint>();
    for (const { partition, offset } of needed) {
      const least = offsets.get(partition);
      if (least === undefined || offset < least) offsets.set(partition, offset);
    }
    return { fromMs: needed[0]?.eventTimeMs ?? Number.NEGATIVE_INFINITY, offsets };
  }

  /** Forgets what no later answer can need: the start only moves forward. */
  #trim(): void {
    this.#sinceTrim = 0;
    for (const { id } of this.#entries.splice(0, this.#startIndex())) this.#ids.delete(id);
  }

  #startIndex(): number {
    const { windowMs, allowedLatenessMs, thresholdMinor } = this.#rule;
    const newestMs = this.#entries.at(-1)?.eventTimeMs ?? 0;
    const neededMs = newestMs - 2 * windowMs - allowedLatenessMs;
    let start = 0;
    let total = 0n;
    let first = 0;
    /** Index of the last entry whose total was over the threshold. */
    let lastFraud = -1;
    for (const [i, { eventTimeMs, amountMinor }] of this.#entries.entries()) {
      if (eventTimeMs > neededMs) break;
      total += BigInt(amountMinor);
      for (; first <= i; first++) {
        const { eventTimeMs: firstMs, amountMinor: gone } = this.#entries[first] as Seen;
        if (firstMs > eventTimeMs - windowMs) break;
        total -= BigInt(gone);
      }
      if (total > BigInt(thresholdMinor)) lastFraud = i;
      if (lastFraud < first) start = first;
    }
    return start;
  }
}

/** Short lists are not worth trimming. */
const TRIM_AT_LEAST = 64;

interface Seen {
  readonly id: string;
  readonly eventTimeMs: number;
  readonly amountMinor: number;
  readonly partition: number;
  readonly offset: bigint;
}
