import type { TotalMinor } from '#shared/domain/amount.ts';
import type { Fraud } from '#shared/domain/fraud.ts';

/**
 * What is kept and shown of one episode. Fraud events come at least once and in any order, since
 * Kafka and its sinks repeat and reorder them; an alert is what is left after upserting them by
 * (alert id, sequence) and keeping the highest sequence (D5).
 *
 * Example: sequences 1, 1, 3, 2 arrive → new, known, updated, known; the alert stands at 3 and its
 * history says 1 and 3.
 */
export interface Alert {
  /** The fraud event of the highest sequence seen. */
  readonly fraud: Fraud;
  /** When the first event of the episode came to us, whichever sequence it had. */
  readonly firstReceivedMs: number;
  /** When `fraud` came to us. */
  readonly receivedMs: number;
  /** How the total grew: one step for each sequence that became the highest, oldest first. */
  readonly history: readonly AlertStep[];
}

export interface AlertStep {
  readonly sequence: number;
  readonly totalMinor: TotalMinor;
  readonly receivedMs: number;
}

/** The newest steps that are kept; with doubling totals an episode has fewer than this. */
export const HISTORY_MAX = 20;

export type Upsert =
  | { readonly kind: 'new' | 'updated'; readonly alert: Alert }
  | { readonly kind: 'known' };

/** What becomes of an alert when a fraud event comes. Repeated, it is `known`. */
export function upsertAlert(known: Alert | undefined, fraud: Fraud, nowMs: number): Upsert {
  if (known !== undefined && fraud.sequence <= known.fraud.sequence) return { kind: 'known' };
  const { sequence, totalMinor } = fraud;
  const step: AlertStep = { sequence, totalMinor, receivedMs: nowMs };
  return {
    kind: known === undefined ? 'new' : 'updated',
    alert: {
      fraud,
      firstReceivedMs: known?.firstReceivedMs ?? nowMs,
      receivedMs: nowMs,
      history: [...(known?.history ?? []), step].slice(-HISTORY_MAX),
    },
  };
}

/**
 * True when nobody need be told of an event that is known: people were told of it, or a newer one
 * has taken its place and is told instead.
 *
 * @param toldSequence - highest sequence that people were told of; undefined when none.
 */
export function isToldOf(
  sequence: number,
  known: Alert | undefined,
  toldSequence: number | undefined,
): boolean {
  return sequence <= (toldSequence ?? 0) || sequence < (known?.fraud.sequence ?? 0);
}

/** By how much the alert's total is over the threshold; never negative. */
export function overThresholdMinor(fraud: Fraud): TotalMinor {
  const over = fraud.totalMinor - BigInt(fraud.thresholdMinor);
  return over > 0n ? over : 0n;
}
