import type { TotalMinor } from '#shared/domain/amount.ts';
import type { FraudMember } from '#shared/domain/fraud.ts';

/** What was decided for a transaction when it was first added. */
export interface Verdict {
  readonly kind: 'counted' | 'crossed' | 'updated';
  /** Trailing total at the transaction, when it was added. */
  readonly totalMinor: TotalMinor;
  /** Transactions in its trailing window, when it was added. */
  readonly transactionCount: number;
  /** Fraud events that it caused, in the order in which they are to be sent; mostly none or one. */
  readonly findings: readonly Finding[];
}

/** A fraud event before it has a name: the trailing window at one transaction of an episode. */
export interface Finding {
  /** Id of the transaction that opened the episode; the alert id is derived from it (D7). */
  readonly openingId: string;
  readonly sequence: number;
  readonly totalMinor: TotalMinor;
  readonly transactionCount: number;
  readonly firstTimeMs: number;
  readonly lastTimeMs: number;
  /** The newest of the window, at most FRAUD_MEMBERS_MAX, in (time, id) order. */
  readonly members: readonly FraudMember[];
}
