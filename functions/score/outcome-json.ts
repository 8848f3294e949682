import { formatAmount } from '#shared/domain/amount.ts';
import type { Rule } from '#shared/domain/rule.ts';
import type { Transaction } from '#shared/domain/transaction.ts';
import { AppError } from '#shared/errors.ts';
import type { Outcome } from './score.ts';

export type AcceptedOutcome = Exclude<Outcome, { kind: 'late' }>;

/** An outcome as a caller gets it (W3). */
export interface OutcomeJson {
  readonly outcome: AcceptedOutcome['kind'];
  readonly transactionId: string;
  readonly pair: { readonly origin: string; readonly target: string; readonly currency: string };
  readonly total: string;
  readonly transactionCount: number;
  readonly threshold: string;
  readonly alertId?: string;
}

export function toOutcomeJson(
  transaction: Transaction,
  outcome: AcceptedOutcome,
  rule: Rule,
): OutcomeJson {
  const { id, origin, target, currency } = transaction;
  return {
    outcome: outcome.kind,
    transactionId: id,
    pair: { origin, target, currency },
    total: formatAmount(outcome.totalMinor),
    transactionCount: outcome.transactionCount,
    threshold: formatAmount(rule.thresholdMinor),
    ...(outcome.alertId === undefined ? {} : { alertId: outcome.alertId }),
  };
}

/**
 * A transaction older than its pair's newest by more than the allowed lateness, as a refusal (O2).
 */
export function lateError(newestTimeMs: number, rule: Rule): AppError {
  const oldest = new Date(newestTimeMs - rule.allowedLatenessMs).toISOString();
  return new AppError(
    'late',
    `timestamp: more than ${rule.allowedLatenessMs} ms older than the newest of its pair`,
    { field: 'timestamp', expected: `${oldest} or later` },
  );
}
