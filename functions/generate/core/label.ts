import type { Pair } from '#shared/domain/pair.ts';

/**
 * Every kind of planted case, and whether an alert is to follow. Each is planted on a pair that
 * nothing else uses, so what is said here is true whatever the rest of the traffic does.
 */
export const CASE_KINDS = {
  /** A sum over the threshold in 2 to 20 pieces within the window. */
  structuring: { expected: 'alert' },
  /** The same, going on until the sum has more than doubled: one alert, brought up to date. */
  ongoing: { expected: 'alert' },
  /** One transaction over the threshold by itself. */
  whole: { expected: 'alert' },
  /** Two pieces one step of event time less than the window apart: both are in it. */
  inside: { expected: 'alert' },
  /** Pieces that add up to just under the threshold. */
  'near-miss': { expected: 'none' },
  /** Pieces that add up to exactly the threshold, which is not more than it (D2). */
  exact: { expected: 'none' },
  /** Two pieces exactly one window apart, over the threshold together: never in one window (D1). */
  straddle: { expected: 'none' },
  /** Twice the threshold, so slowly that each window holds no more than the threshold. */
  slow: { expected: 'none' },
  /** Over the threshold there and back, under it in each direction (S2). */
  'two-way': { expected: 'none' },
} as const satisfies Record<string, { readonly expected: 'alert' | 'none' }>;

export type CaseKind = keyof typeof CASE_KINDS;

/** What is known about one planted case: the answer that a run is judged by. */
export interface Label {
  readonly caseId: string;
  readonly kind: CaseKind;
  readonly expected: 'alert' | 'none';
  readonly pair: Pair;
  /** The case's transactions in event order. */
  readonly transactionIds: readonly string[];
  /** The transaction that, in event order, takes the total over the threshold; for `alert`. */
  readonly crossingId: string | undefined;
  /** The one whose delivery settles the case: from there on the answer counts. */
  readonly settledById: string;
  /** All amounts of the case together, minor units. */
  readonly totalMinor: number;
  readonly firstTimeMs: number;
  readonly lastTimeMs: number;
}
