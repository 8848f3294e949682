import { formatAmount } from '#shared/domain/amount.ts';
import { type AuditReport, countOf, isClean } from './audit-report.ts';
import type { TotalDifference } from './compare-totals.ts';
import { OFFSET_KINDS } from './offset-kinds.ts';

/**
 * The report for scripts, all of it. Intervals are `from` up to and with `to`; amounts and times
 * are texts.
 */
export function auditToJson(report: AuditReport): Record<string, unknown> {
  const { topic, group, deadLetterTopic, rule, partitions, totals, problems, notes } = report;
  return {
    isClean: isClean(report),
    ...{ topic, group, deadLetterTopic, rule },
    counts: Object.fromEntries(OFFSET_KINDS.map((kind) => [kind, countOf(report, kind)])),
    partitions: partitions.map(({ end, intervals, ...rest }) => ({
      ...{ ...rest, end },
      intervals: intervals.map(({ to, ...interval }) => ({ ...interval, to: to - 1 })),
    })),
    totals: { ...totals, differences: totals.differences.map(differenceToJson) },
    ...{ problems, notes },
  };
}

function differenceToJson({ log, redis, ...rest }: TotalDifference): Record<string, unknown> {
  return { ...rest, log: totalToJson(log), redis: redis === undefined ? null : totalToJson(redis) };
}

function totalToJson(total: TotalDifference['log']): Record<string, unknown> {
  return {
    total: formatAmount(total.totalMinor),
    transactionCount: total.transactionCount,
    newestTimestamp: new Date(total.newestTimeMs).toISOString(),
  };
}
