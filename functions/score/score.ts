import type { Fraud } from '#shared/domain/fraud.ts';
import type { Pair } from '#shared/domain/pair.ts';
import type { Rule } from '#shared/domain/rule.ts';
import type { Transaction } from '#shared/domain/transaction.ts';
import { AppError } from '#shared/errors.ts';
import { alertId } from './core/alert-id.ts';
import type { Finding, Verdict } from './core/verdict.ts';
import type { FraudSink } from './fraud-sink.ts';
import type { Journal } from './journal.ts';
import type { TotalsStore } from './totals-store.ts';

/**
 * What `score` answers; `alertId` where the transaction opened an episode or brought one up to
 * date.
 */
export type Outcome =
  | ({ readonly kind: Verdict['kind'] | 'duplicate'; readonly alertId: string | undefined } & Pick<
      Verdict,
      'totalMinor' | 'transactionCount'
    >)
  | { readonly kind: 'late'; readonly newestTimeMs: number };

/** `isOutOfTime` is asked before each fraud event is sent; true ends the work with `sink`. */
export type Score = (transaction: Transaction, isOutOfTime?: () => boolean) => Promise<Outcome>;

export interface ScoreParts {
  readonly store: TotalsStore;
  readonly sink: FraudSink;
  readonly rule: Rule;
  readonly journal: Pick<Journal, 'assure'>;
}

/**
 * START HERE. The decision about one transaction, end to end: the store adds it to its pair in one
 * atomic step and says what follows; every fraud event that follows is sent; only then does this
 * return, so that an answer means "stored, and told" (L1). Before people are told, the journal is
 * asked whether the totals are whole: an episode that goes on would open again in an emptied store.
 * Repeating a transaction repeats its
 * decision and its fraud events, with the same ids (O3).
 *
 * @throws AppError `state` or `sink`, both retryable: the sender delivers again, and nothing counts
 * twice.
 */
export function createScore(parts: ScoreParts): Score {
  const { store, sink, rule, journal } = parts;
  return async (transaction, isOutOfTime = () => false) => {
    const decision = await store.add(transaction);
    if (decision.kind === 'late') return decision;
    const verdict = decision.kind === 'duplicate' ? decision.first : decision;
    if (verdict.findings.length > 0) await journal.assure();
    for (const finding of verdict.findings) {
      if (isOutOfTime()) throw new AppError('sink', 'no time was left to send the fraud event');
      await sink.send(toFraud(rule, transaction, finding));
    }
    if (verdict.findings.length > 0) await store.sent(transaction);
    const opening = verdict.findings.at(-1)?.openingId;
    return {
      kind: decision.kind,
      totalMinor: verdict.totalMinor,
      transactionCount: verdict.transactionCount,
      alertId: opening === undefined ? undefined : alertId(rule, transaction, opening),
    };
  };
}

/** The fraud event's content: the finding with its name (D6, D7). */
export function toFraud(
  rule: Rule,
  transaction: Pair & Pick<Transaction, 'isProbe'>,
  finding: Finding,
): Fraud {
  const { origin, target, currency } = transaction;
  return {
    alertId: alertId(rule, transaction, finding.openingId),
    sequence: finding.sequence,
    rule: { id: rule.id, version: rule.version },
    pair: { origin, target, currency },
    firstTimeMs: finding.firstTimeMs,
    lastTimeMs: finding.lastTimeMs,
    totalMinor: finding.totalMinor,
    thresholdMinor: rule.thresholdMinor,
    windowMs: rule.windowMs,
    transactionCount: finding.transactionCount,
    truncated: finding.members.length < finding.transactionCount,
    transactions: finding.members,
    ...(transaction.isProbe && { isProbe: true }),
  };
}
