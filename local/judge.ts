import type { Fraud } from '#shared/domain/fraud.ts';
import { type Pair, pairKey } from '#shared/domain/pair.ts';
import type { Label } from '../functions/generate/core/label.ts';

/**
 * Compares what was planted with what was found, while a run goes on. Keeps one small entry for
 * each planted case and each alert, and nothing of other traffic.
 */
export interface Judge {
  /** Before its settling delivery is sent, which is how `traffic` gives them. */
  label(label: Label): void;
  /** A transaction is sent now; when it is sent again, the first time counts. */
  sent(transactionId: string, wallMs: number): void;
  /** A fraud event came out. Repetitions and updates of an alert change nothing. */
  seen(fraud: Fraud, wallMs: number): void;
  /** How things stand. Costs O(cases + alerts); may be asked again. */
  report(): JudgeReport;
}

export interface JudgeReport {
  /** Cases that must alert and whose settling delivery was sent. */
  readonly planted: number;
  readonly found: number;
  /** Planted and not found, or not yet. */
  readonly missed: number;
  /** Cases that must not alert. */
  readonly harmless: number;
  /** Alerts on a harmless case, and alerts that their own transactions do not explain. */
  readonly false: number;
  /** Alerts that nobody planted and that are true by the rule: ordinary traffic may cross too. */
  readonly unplanted: number;
  /** Further alerts on a case that has one: allowed where order is not kept (O4). */
  readonly further: number;
  /** Wall time from the settling delivery to its alert; undefined when nothing was found. */
  readonly latencyMsMedian: number | undefined;
  readonly latencyMsP95: number | undefined;
  /** One sentence for each missed case and each false alert, at most {@link PROBLEMS_MAX}. */
  readonly problems: readonly string[];
}

export const PROBLEMS_MAX = 20;

interface JudgedCase {
  readonly label: Label;
  sentMs: number | undefined;
}

interface JudgedAlert {
  readonly alertId: string;
  readonly pair: string;
  readonly seenMs: number;
  readonly totalMinor: bigint;
  readonly transactionCount: number;
  /** Why its own transactions do not explain it. */
  readonly doubt: string | undefined;
}

export function createJudge(): Judge {
  const cases = new Map<string, JudgedCase>();
  const bySettlingId = new Map<string, JudgedCase>();
  const alerts = new Map<string, JudgedAlert>();
  return {
    label(label) {
      const judged = { label, sentMs: undefined };
      cases.set(nameOf(label.pair), judged);
      // There and back are planted together, and neither alone is over the threshold.
      if (label.kind === 'two-way') cases.set(nameOf(reversed(label.pair)), judged);
      bySettlingId.set(label.settledById, judged);
    },
    sent(transactionId, wallMs) {
      const judged = bySettlingId.get(transactionId);
      if (judged === undefined) return;
      judged.sentMs = wallMs;
      bySettlingId.delete(transactionId);
    },
    seen(fraud, wallMs) {
      const { alertId, totalMinor, transactionCount } = fraud;
      const known = alerts.get(alertId);
      const doubt = known?.doubt ?? doubtOf(fraud);
      if (known !== undefined && known.doubt === doubt) return;
      const seenMs = known?.seenMs ?? wallMs;
      const pair = nameOf(fraud.pair);
      alerts.set(alertId, { alertId, pair, seenMs, totalMinor, transactionCount, doubt });
    },
    report: () =>
      reportOf(
        cases,
        [...alerts.values()].sort((a, b) => a.seenMs - b.seenMs),
      ),
  };
}

/** The report as a few aligned lines for people. */
export function judgeLines(report: JudgeReport): string[] {
  const ms = (value: number | undefined): string =>
    value === undefined ? '–' : `${value.toFixed(value < 10 ? 1 : 0)} ms`;
  const line = (word: string, count: number, meaning: string): string =>
    `${word.padEnd(10)}${String(count).padStart(6)}   ${meaning}`;
  return [
    line('planted', report.planted, `that must alert, and ${report.harmless} that must not`),
    line('found', report.found, 'of those that must'),
    line('missed', report.missed, ''),
    line('false', report.false, 'alerts on what must not, or that do not add up'),
    line('unplanted', report.unplanted, 'alerts in ordinary traffic, true by the rule'),
    `crossing to alert: median ${ms(report.latencyMsMedian)}, 95 % in ${ms(report.latencyMsP95)}`,
    ...report.problems.map((problem) => `  ${problem}`),
  ].map((text) => text.trimEnd());
}

function reportOf(
  cases: ReadonlyMap<string, JudgedCase>,
  alerts: readonly JudgedAlert[],
): JudgeReport {
  const count = { false: 0, unplanted: 0, further: 0 };
  const problems: string[] = [];
  const foundAt = new Map<JudgedCase, number>();
  for (const alert of alerts) {
    const judged = cases.get(alert.pair);
    const wrong = alert.doubt ?? contradiction(alert, judged?.label);
    if (wrong !== undefined) {
      count.false++;
      problems.push(`false: alert ${alert.alertId} on ${alert.pair}: ${wrong}`);
    } else if (judged === undefined) count.unplanted++;
    else if (foundAt.has(judged)) count.further++;
    else foundAt.set(judged, alert.seenMs);
  }
  const judgedCases = [...new Set(cases.values())];
  const mustAlert = judgedCases.filter(({ label }) => label.expected === 'alert');
  const planted = mustAlert.filter((judged) => judged.sentMs !== undefined);
  const missed = planted.filter((judged) => !foundAt.has(judged));
  for (const { label } of missed) {
    problems.push(`missed: ${label.kind} ${label.caseId} on ${nameOf(label.pair)}`);
  }
  const latenciesMs = planted
    .filter((judged) => foundAt.has(judged))
    .map((judged) => Math.max(0, (foundAt.get(judged) ?? 0) - (judged.sentMs ?? 0)))
    .sort((a, b) => a - b);
  return {
    planted: planted.length,
    found: planted.length - missed.length,
    missed: missed.length,
    harmless: judgedCases.length - mustAlert.length,
    ...count,
    latencyMsMedian: quantile(latenciesMs, 0.5),
    latencyMsP95: quantile(latenciesMs, 0.95),
    problems: problems.slice(0, PROBLEMS_MAX),
  };
}

/** Why the fraud event is not true by itself, or undefined: it must follow from what it lists. */
function doubtOf(fraud: Fraud): string | undefined {
  const { transactions, totalMinor, transactionCount, truncated } = fraud;
  if (totalMinor <= BigInt(fraud.thresholdMinor)) return 'its total is not over the threshold';
  if (fraud.lastTimeMs - fraud.firstTimeMs >= fraud.windowMs) return 'it is longer than the window';
  const ids = new Set(transactions.map((member) => member.id));
  if (ids.size < transactions.length) return 'it counts a transaction twice';
  const sum = transactions.reduce((total, member) => total + BigInt(member.amountMinor), 0n);
  const isWhole = sum === totalMinor && transactions.length === transactionCount;
  if (truncated ? sum > totalMinor : !isWhole) return 'its transactions do not add up to its total';
  return undefined;
}

/** Why the alert cannot be true where this was planted, or undefined. */
function contradiction(alert: JudgedAlert, label: Label | undefined): string | undefined {
  if (label === undefined) return undefined;
  if (label.expected === 'none') return `${label.kind} ${label.caseId} must not alert`;
  if (alert.totalMinor > BigInt(label.totalMinor)) return 'more than was planted there';
  if (alert.transactionCount > label.transactionIds.length) return 'more often than was planted';
  return undefined;
}

function nameOf(pair: Pair): string {
  return `${pairKey(pair)} ${pair.currency}`;
}

function reversed({ origin, target, currency }: Pair): Pair {
  return { origin: target, target: origin, currency };
}

/** The smallest value that so large a part of all is not above; values in order. */
function quantile(ordered: readonly number[], part: number): number | undefined {
  return ordered[Math.max(0, Math.ceil(ordered.length * part) - 1)];
}
