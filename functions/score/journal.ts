import type { TotalMinor } from '#shared/domain/amount.ts';
import type { Pair } from '#shared/domain/pair.ts';
import type { Transaction } from '#shared/domain/transaction.ts';
import type { Marks } from '#shared/journal/read-marks.ts';
import type { RecordPlace } from '#shared/journal/record-place.ts';
import type { AcceptedOutcome } from './outcome-json.ts';

/**
 * The port to what is kept beside the totals about each transaction that was settled: which records
 * of the topic are done (marks, for `audit` and the gaps), what was answered (receipts), and
 * whether the store still has what was acknowledged (the epoch, L3). Implementations pass
 * `store/journal-contract.ts`.
 *
 * A transaction is noted after it was scored and before it is acknowledged, so a mark never says
 * more than what is true; one that is scored again is noted again.
 */
export interface Journal {
  /**
   * Asked before a transaction is scored. Undefined, or resolves, when it may be.
   * @param rebuildId - what reads the topic again says of itself, see `REBUILD_HEADER`.
   * @throws AppError `state` while what was acknowledged is known to be missing, now or later.
   */
  admit(place: RecordPlace | undefined, rebuildId?: string): Promise<void> | undefined;
  /**
   * Notes an accepted transaction, with others that come at the same moment.
   * @throws AppError `state` when that is not known to be kept, or when what was acknowledged
   * before is gone.
   */
  accepted(entry: JournalEntry): Promise<void>;
  /** Notes what was refused for good. Never rejects: the dead letter tells the same. */
  refused(place: RecordPlace | undefined, late?: JournalEntry): void;
  /** Every time that the transaction came, oldest first; empty when nothing is known of it. */
  receipts(transactionId: string): Promise<readonly Receipt[]>;
  /** What is marked, by partition: all of it, or what was begun upon since a moment. */
  marks(sinceMs?: number): Promise<Marks>;
  /** How it stands with what was acknowledged, as far as this process knows. */
  readonly epoch: EpochState;
  /**
   * Asks the store itself whether the totals are whole, and lets what follows from them be told.
   * @throws AppError `state` when they are not, or when it does not answer.
   */
  assure(): Promise<void>;
  /** Looks whether the store still has what was acknowledged. Rejects when it does not answer. */
  check(): Promise<void>;
}

/** One transaction and what was answered. */
export interface JournalEntry {
  readonly transaction: Transaction;
  /** Undefined for what did not come from Kafka. */
  readonly place: RecordPlace | undefined;
  readonly outcome: AcceptedOutcome['kind'] | 'late';
  /** Trailing total and count that were answered; zero for one that is late. */
  readonly totalMinor: TotalMinor;
  readonly transactionCount: number;
  readonly alertId: string | undefined;
}

/** One time that a transaction came. */
export interface Receipt extends Omit<JournalEntry, 'transaction'> {
  readonly pair: Pair;
  /** When it was noted, epoch milliseconds of the clock. */
  readonly atMs: number;
}

/**
 * `whole`: nothing acknowledged is known to be missing. `lost`: something is, and every transaction
 * is refused until the topic has been read again. `rebuilding`: only what is read again is taken.
 */
export type EpochState =
  | { readonly kind: 'whole' }
  | { readonly kind: 'lost'; readonly reason: string }
  | { readonly kind: 'rebuilding'; readonly id: string };
