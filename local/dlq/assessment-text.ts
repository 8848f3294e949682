import { formatAmount } from '#shared/domain/amount.ts';
import type { Pair } from '#shared/domain/pair.ts';
import { printable } from '../printable.ts';
import type { Assessment } from './assess-late.ts';

/** An assessment as it is kept with the decision, and printed for scripts. */
export interface AssessmentJson {
  readonly verdict: Assessment['verdict'];
  readonly pair: Pair;
  readonly total: string;
  readonly threshold: string;
  readonly transactionCount: number;
  readonly firstTimestamp: string;
  readonly lastTimestamp: string;
  readonly alertIds: readonly string[];
}

export function assessmentToJson(
  { totalMinor, firstTimeMs, lastTimeMs, ...rest }: Assessment,
  pair: Pair,
  thresholdMinor: number,
): AssessmentJson {
  const { origin, target, currency } = pair;
  return {
    verdict: rest.verdict,
    pair: { origin, target, currency },
    total: formatAmount(totalMinor),
    threshold: formatAmount(thresholdMinor),
    transactionCount: rest.transactionCount,
    firstTimestamp: new Date(firstTimeMs).toISOString(),
    lastTimestamp: new Date(lastTimeMs).toISOString(),
    alertIds: rest.alertIds,
  };
}

/** In words, for people; nothing in it steers a terminal. */
export function describeAssessment(assessment: AssessmentJson): string {
  const { pair, total, transactionCount, firstTimestamp, lastTimestamp } = assessment;
  const many = transactionCount === 1 ? '1 transaction' : `${transactionCount} transactions`;
  const money = `total ${total} ${pair.currency}`;
  const sum = `${many}, ${money} between ${firstTimestamp} and ${lastTimestamp}`;
  return printable(`${wordsOf(assessment)}: ${pair.origin} → ${pair.target}, ${sum}`);
}

function wordsOf({ verdict, total, pair, alertIds }: AssessmentJson): string {
  const alerts = alertIds.join(', ');
  if (verdict === 'opens') return 'would have opened an alert';
  if (verdict === 'raises') {
    return `would have raised the total of alert ${alerts} to ${total} ${pair.currency}`;
  }
  return alertIds.length === 0 ? verdict : `${verdict}, alert ${alerts} told of as much`;
}

/** Whether what somebody wrote into the topic is one: anybody who may write there may. */
export function isAssessment(value: unknown): value is AssessmentJson {
  const { verdict, pair, total, alertIds, ...rest } = (value ?? {}) as Partial<AssessmentJson>;
  const { origin, target, currency } = pair ?? {};
  const texts = [origin, target, currency, total, rest.firstTimestamp, rest.lastTimestamp];
  return (
    ['changes nothing', 'raises', 'opens'].includes(verdict ?? '') &&
    texts.every((text) => typeof text === 'string') &&
    Number.isSafeInteger(rest.transactionCount) &&
    Array.isArray(alertIds)
  );
}
