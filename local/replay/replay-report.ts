import { formatAmount } from '#shared/domain/amount.ts';
import type { Rule } from '#shared/domain/rule.ts';
import { type JudgeReport, judgeLines } from '../judge.ts';
import { printable } from '../printable.ts';
import type { LabelReport } from './label-count.ts';
import type { RefusedRow, RefusedRows } from './refused-rows.ts';
import type { ReplayCounts } from './replay.ts';

export interface ReplayReport {
  /** The file or topic, and what form it had. */
  readonly source: string;
  readonly form: string;
  readonly rule: Rule;
  readonly ruleWords: string;
  readonly counts: Readonly<ReplayCounts>;
  readonly totals: ReadonlyMap<string, bigint>;
  readonly refused: RefusedRows;
  readonly isSorted: boolean;
  readonly disorderMs: number;
  readonly tookMs: number;
  readonly labels?: LabelReport | undefined;
  readonly planted?: JudgeReport | undefined;
}

export function replayToJson(report: ReplayReport): Record<string, unknown> {
  const { source, form, rule, counts, refused, tookMs, labels, planted } = report;
  const { firstTimeMs, lastTimeMs, ...numbers } = counts;
  return {
    ...{ source, form, transactions: transactionsOf(counts), ...numbers, refused: refused.count },
    totals: Object.fromEntries(
      Array.from(report.totals, ([currency, total]) => [currency, formatAmount(total)]),
    ),
    firstTimestamp: counts.counted === 0 ? null : isoTime(firstTimeMs),
    lastTimestamp: counts.counted === 0 ? null : isoTime(lastTimeMs),
    rule: {
      ...{ windowMs: rule.windowMs, allowedLatenessMs: rule.allowedLatenessMs },
      ...{ threshold: formatAmount(rule.thresholdMinor), updates: rule.updates },
    },
    tookMs: Math.round(tookMs),
    perSecond: rateOf(report),
    refusedRows: refused.named,
    ...(labels && { labels: { ...labels, ...ratesOf(labels) } }),
    ...(planted && { planted }),
  };
}

/** The summary for people. */
export function replayText(report: ReplayReport): string {
  const { counts, source, form, tookMs, labels, planted } = report;
  const transactions = transactionsOf(counts);
  const seconds = (tookMs / 1000).toFixed(1);
  const span =
    counts.counted === 0 ? '' : `${isoTime(counts.firstTimeMs)} to ${isoTime(counts.lastTimeMs)}`;
  const moved = Array.from(report.totals, ([name, total]) => `${formatAmount(total)} ${name}`);
  const lines = [
    `${printable(source)}: ${form}; ${report.ruleWords}`,
    `${grouped(transactions)} transactions in ${seconds} s, ${grouped(rateOf(report))} a second`,
    line('counted', counts.counted, span),
    line('pairs', counts.pairs, ''),
    line('alerts', counts.alerts, `brought up to date ${grouped(counts.updates)} times`),
    ...lateLines(report),
    ...refusedLines(report.refused),
    ...moved.map((text) => `  moved ${text}`),
    ...(labels ? labelLines(labels) : []),
    ...(planted ? plantedLines(planted) : []),
  ];
  return `${lines.join('\n')}\n`;
}

function lateLines({ counts, isSorted, disorderMs }: ReplayReport): string[] {
  const cure = isSorted ? '' : '; --sort puts them in their places';
  const lines = counts.duplicate === 0 ? [] : [line('again', counts.duplicate, 'with a known id')];
  if (counts.late > 0) {
    lines.push(line('late', counts.late, `behind what their pair allows, not summed${cure}`));
  }
  if (counts.behind > 0) {
    const hours = (disorderMs / 3_600_000).toFixed(1);
    lines.push(
      line('behind', counts.behind, `over ${hours} h behind all others, not summed${cure}`),
    );
  }
  return lines;
}

function refusedLines({ count, named, kinds }: RefusedRows): string[] {
  if (count === 0) return [];
  const shown =
    count <= SHOWN_ROWS ? named.map((row) => ({ first: row, count: 1 })) : [...kinds.values()];
  return [
    line('refused', count, 'not read'),
    ...shown.slice(0, SHOWN_ROWS).map(({ first, count: alike }) => {
      const more = alike > 1 ? ` (${grouped(alike)} such, the first)` : '';
      return `    ${refusedText(first)}${more}`;
    }),
  ];
}

const SHOWN_ROWS = 10;

function refusedText({ place, field, expected }: RefusedRow): string {
  return `${place}: ${field}: expected ${expected}`;
}

function labelLines(labels: LabelReport): string[] {
  const { alertPrecision, precision, recall } = ratesOf(labels);
  const row = (some: number, all: number, rate: number | null, words: string): string =>
    `  ${part(some, all, rate)} ${words}`;
  const { alertsWithLabelled, alerts, labelledFound, found, labelled } = labels;
  return [
    'labels in the data:',
    row(alertsWithLabelled, alerts, alertPrecision, 'alerts have a labelled transaction'),
    row(labelledFound, found, precision, 'transactions found are labelled (precision)'),
    row(labelledFound, labelled, recall, 'labelled transactions are found (recall)'),
    '  Labels mark every kind of laundering; this rule looks for one, large sums of one pair in',
    '  one window.',
  ];
}

function plantedLines(planted: JudgeReport): string[] {
  const [, ...lines] = judgeLines(planted).filter((text) => !text.startsWith('crossing to alert'));
  return [
    `planted cases: ${planted.planted} that must alert, ${planted.harmless} that must not`,
    ...lines.map((text) => `  ${text}`),
  ];
}

function ratesOf(labels: LabelReport) {
  const rate = (some: number, all: number): number | null => (all === 0 ? null : some / all);
  return {
    alertPrecision: rate(labels.alertsWithLabelled, labels.alerts),
    precision: rate(labels.labelledFound, labels.found),
    recall: rate(labels.labelledFound, labels.labelled),
  };
}

function part(some: number, all: number, rate: number | null): string {
  const percent = rate === null ? '' : ` (${(100 * rate).toFixed(1)} %)`;
  return `${grouped(some)} of ${grouped(all)}${percent}`;
}

function transactionsOf({ counted, duplicate, late, behind }: ReplayCounts): number {
  return counted + duplicate + late + behind;
}

function rateOf({ counts, refused, tookMs }: ReplayReport): number {
  const rows = transactionsOf(counts) + refused.count;
  return tookMs > 0 ? Math.round((1000 * rows) / tookMs) : 0;
}

function line(word: string, count: number, meaning: string): string {
  return `  ${word.padEnd(8)} ${grouped(count).padStart(13)}   ${meaning}`.trimEnd();
}

function grouped(count: number): string {
  return count.toLocaleString('en-US');
}

function isoTime(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
