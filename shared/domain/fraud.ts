import type { AmountMinor, TotalMinor } from './amount.ts';
import type { Pair } from './pair.ts';

/** At most so many member transactions travel with one fraud event, the newest (D6). */
export const FRAUD_MEMBERS_MAX = 1000;

/** One member transaction of a fraud event. */
export interface FraudMember {
  readonly id: string;
  readonly eventTimeMs: number;
  readonly amountMinor: AmountMinor;
}

/**
 * What a fraud event says (D6, W2): the trailing window at the transaction that caused it. It is a
 * potential case of structuring, not a verdict.
 */
export interface Fraud {
  /** Names the episode (D7), the same for each event of it. */
  readonly alertId: string;
  /** 1 opens the episode, higher ones bring it up to date (D5). */
  readonly sequence: number;
  readonly rule: { readonly id: string; readonly version: number };
  readonly pair: Pair;
  readonly firstTimeMs: number;
  readonly lastTimeMs: number;
  readonly totalMinor: TotalMinor;
  readonly thresholdMinor: AmountMinor;
  readonly windowMs: number;
  /** All transactions of the window, listed below or not. */
  readonly transactionCount: number;
  /** True when fewer are listed than counted. */
  readonly truncated: boolean;
  /** In (time, id) order. */
  readonly transactions: readonly FraudMember[];
  /** Found in a deployment's own probe, see `domain/probe.ts`: not for people. */
  readonly isProbe?: true;
}
