import { formatAmount } from '#shared/domain/amount.ts';
import { printable } from '../printable.ts';
import { type AuditReport, countOf, gapsOf, isClean, LOSSES } from './audit-report.ts';
import type { TotalDifference } from './compare-totals.ts';
import { OFFSET_KINDS, type OffsetKind } from './offset-kinds.ts';
import type { KindInterval, PartitionAccount } from './partition-ledger.ts';

/** Of a list that is longer, so many lines are shown unless all are wanted. */
const SHOWN_MAX = 20;

/** The report for a terminal, ending in the verdict. Nothing in it steers one. */
export function auditText(report: AuditReport, isAll: boolean): string {
  const { topic, group, notes, problems, totals } = report;
  const most = isAll ? Number.POSITIVE_INFINITY : SHOWN_MAX;
  const differences = totals.differences.map(differenceLine);
  return [
    printable(`topic ${topic}, group ${group}`),
    `rule: ${report.rule}`,
    ...report.partitions.flatMap((partition) => partitionLines(partition, most)),
    totalsLine(report),
    ...cut(differences, most),
    ...problems.map((problem) => `problem: ${printable(problem)}`),
    ...notes.map((note) => `note: ${printable(note)}`),
    verdictOf(report),
    '',
  ].join('\n');
}

function partitionLines(account: PartitionAccount, most: number): string[] {
  const { partition, counts, intervals, end, committed } = account;
  const processed = intervals.filter(({ kind }) => kind === 'processed').map(intervalText);
  const shown = processed.slice(0, Math.min(most, 8)).join(', ');
  const more = processed.length > Math.min(most, 8) ? `, … ${processed.length} intervals` : '';
  const words = OFFSET_KINDS.filter((kind) => counts[kind] > 0).map((kind) =>
    kind === 'processed'
      ? `${counts[kind]} processed (${shown}${more})`
      : `${counts[kind]} ${kind}`,
  );
  const what = words.length === 0 ? 'empty' : words.join(', ');
  const gaps = gapsOf(account).toSorted(
    (a, b) => rankOf(a.kind) - rankOf(b.kind) || a.from - b.from,
  );
  return [
    `partition ${partition}: ${what}; committed ${committed} of ${end}`,
    ...cut(gaps.map(gapLine), most),
  ];
}

/** What is gone stands first. */
function rankOf(kind: OffsetKind): number {
  return LOSSES.includes(kind) ? 0 : 1;
}

function gapLine(gap: KindInterval): string {
  const note = gap.note === undefined ? '' : ` (${printable(gap.note)})`;
  const what = LOSSES.includes(gap.kind) ? gap.kind.toUpperCase() : gap.kind;
  return `    ${intervalText(gap)}  ${what}${note}`;
}

/** As people say it: both ends are in it. */
function intervalText({ from, to }: KindInterval): string {
  return to - from === 1 ? `${from}` : `${from}–${to - 1}`;
}

function totalsLine({ totals }: AuditReport): string {
  const { compared, differences, idle, untold } = totals;
  const left = [
    ...(idle > 0 ? [`${idle} left out, idle for longer than state is kept`] : []),
    ...(untold > 0 ? [`${untold} in motion, too large to tell`] : []),
  ];
  const { length } = differences;
  const differ =
    length === 0 ? 'all as the log says' : length === 1 ? '1 differs' : `${length} differ`;
  const pairs = compared === 1 ? '1 pair' : `${compared} pairs`;
  return [`totals: ${pairs} compared, ${differ}`, ...left].join('; ');
}

function differenceLine({ pair, log, redis, ...only }: TotalDifference): string {
  const has = redis === undefined ? 'nothing' : totalText(redis);
  const ids = [
    ...only.onlyInLog.map((id) => `only in the log: ${id}`),
    ...only.onlyInRedis.map((id) => `only in Redis: ${id}`),
  ];
  const details = ids.length === 0 ? '' : `; ${ids.join(', ')}`;
  const { origin, target, currency } = pair;
  return printable(
    `    ${origin} → ${target} ${currency}: Redis has ${has}, the log ${totalText(log)}${details}`,
  );
}

function totalText({ totalMinor, transactionCount, newestTimeMs }: TotalDifference['log']): string {
  const many = transactionCount === 1 ? '1 transaction' : `${transactionCount} transactions`;
  return `${formatAmount(totalMinor)} of ${many} up to ${new Date(newestTimeMs).toISOString()}`;
}

function cut(lines: readonly string[], most: number): string[] {
  if (lines.length <= most) return [...lines];
  return [...lines.slice(0, most), `    … and ${lines.length - most} more: --all shows them`];
}

/** `NOT CLEAN: 3 records lost, 1 total differs`, or that all is well. */
export function verdictOf(report: AuditReport): string {
  const count = (kind: OffsetKind): number => countOf(report, kind);
  const { differences } = report.totals;
  const wrong = [
    ...LOSSES.filter((kind) => count(kind) > 0).map((kind) => `${records(count(kind))} ${kind}`),
    ...(differences.length > 0 ? [differ(differences.length)] : []),
    ...(report.problems.length > 0 ? [problems(report.problems.length)] : []),
  ];
  if (!isClean(report)) return `NOT CLEAN: ${wrong.join(', ')}`;
  const pending = count('pending') === 0 ? '' : `, ${count('pending')} pending`;
  const processed = `${records(count('processed'))} processed`;
  const letters = `${count('dead-lettered')} dead-lettered`;
  return `clean: ${processed}, ${letters}${pending}, none lost, every total as the log says`;
}

function records(count: number): string {
  return count === 1 ? '1 record' : `${count} records`;
}

function differ(count: number): string {
  return count === 1 ? '1 total differs' : `${count} totals differ`;
}

function problems(count: number): string {
  return count === 1 ? '1 other problem' : `${count} other problems`;
}
