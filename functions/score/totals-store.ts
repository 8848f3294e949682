import type { TotalMinor } from '#shared/domain/amount.ts';
import type { FraudMember } from '#shared/domain/fraud.ts';
import type { Pair } from '#shared/domain/pair.ts';
import type { Transaction } from '#shared/domain/transaction.ts';
import type { Verdict } from './core/verdict.ts';

/**
 * The port to the state of all pairs. Implementations pass `store/store-contract.ts`: the embedded
 * one (`store/memory-store.ts`) and Redis (`store/redis-store.ts`).
 *
 * A store adds one transaction in one atomic step and answers what was decided. It keeps, for every
 * transaction that it holds, the decision first made, and gives it again when the transaction comes
 * again (O3). A fraud event that was decided but not yet acknowledged by the sink is kept whole
 * until `sent` says so, however far the pair's event time has moved on (L2).
 */
export interface TotalsStore {
  /**
   * Adds the transaction to its pair, once. Safe to repeat.
   * @throws AppError `state` when the store does not answer within its deadline; the transaction
   * may then have been added or not, and adding it again tells.
   */
  add(transaction: Transaction): Promise<Decision>;
  /** The sink has taken every fraud event of this transaction. Safe to repeat, never rejects. */
  sent(transaction: Transaction): Promise<void>;
  /** The pair's total at its newest transaction, or undefined when nothing is known of the pair. */
  read(pair: Pair): Promise<PairTotal | undefined>;
  /** Undefined when the store answers, else one sentence that says what is wrong. */
  problem(): Promise<string | undefined>;
  close(): Promise<void>;
}

export type Decision =
  | Verdict
  | { readonly kind: 'duplicate'; readonly first: Verdict }
  | { readonly kind: 'late'; readonly newestTimeMs: number };

/** A pair's state as `GET /pairs/{origin}/{target}` shows it. */
export interface PairTotal {
  /** Event time of the pair's newest transaction; the window is (newest − W, newest]. */
  readonly newestTimeMs: number;
  readonly totalMinor: TotalMinor;
  readonly transactionCount: number;
  /** Id of the transaction that opened the episode that is going on, if one is. */
  readonly openingId: string | undefined;
  /** The newest {@link FRAUD_MEMBERS_MAX} of the window, in (time, id) order. */
  readonly members: readonly FraudMember[];
}
