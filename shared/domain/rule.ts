import type { AmountMinor } from './amount.ts';

/**
 * A rule as data: what is added up, over which window, and when it is too much. Nothing in the
 * core knows the number 10,000 or the ten minutes; both stand in the rule that `main.ts` makes
 * from the settings.
 */
export interface Rule {
  readonly id: string;
  readonly version: number;
  /** Which transactions are added up together. One way today. */
  readonly groupBy: 'pair';
  /** Length W of the trailing window (t − W, t], milliseconds of event time (D1). */
  readonly windowMs: number;
  /** How far behind a pair's newest event time a transaction is still summed (O2). */
  readonly allowedLatenessMs: number;
  /** Fraud when the trailing total is strictly greater (D2). */
  readonly thresholdMinor: AmountMinor;
  /** When an open episode is brought up to date (D5). */
  readonly updates: FraudUpdates;
}

export type FraudUpdates = 'doubling' | 'every' | 'never';
