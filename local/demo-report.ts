import { type JudgeReport, judgeLines } from './judge.ts';
import type { PipelineStats } from './pipeline.ts';

/** What a demo has to say at its end. */
export interface DemoSummary {
  readonly stats: PipelineStats;
  readonly judge: JudgeReport;
  readonly elapsedMs: number;
  readonly isSettled: boolean;
}

/** The summary as one JSON object: the last line of `--json`. */
export function demoSummaryJson(summary: DemoSummary): Record<string, unknown> {
  const { stats, judge, elapsedMs, isSettled } = summary;
  return {
    summary: {
      transactions: stats.transactions,
      fraudEvents: stats.fraudEvents,
      deadLetters: stats.deadLetters,
      lost: stats.lost,
      isSettled,
      elapsedMs: Math.round(elapsedMs),
      planted: judge.planted,
      found: judge.found,
      missed: judge.missed,
      harmless: judge.harmless,
      false: judge.false,
      unplanted: judge.unplanted,
      crossingToAlertMsMedian: judge.latencyMsMedian ?? null,
      crossingToAlertMsP95: judge.latencyMsP95 ?? null,
      problems: judge.problems,
    },
  };
}

/** The summary for people; the first line is the one that the seeds' viewer ends with. */
export function demoSummaryLines(summary: DemoSummary): string[] {
  const { stats, judge, elapsedMs, isSettled } = summary;
  const seconds = elapsedMs / 1000;
  const rate = Math.round(stats.transactions / Math.max(seconds, 0.001));
  return [
    `Processed ${stats.fraudEvents} messages`,
    '',
    `${stats.transactions} transactions in ${seconds.toFixed(1)} s (${rate} a second), ` +
      `${stats.deadLetters} dead letters, ${stats.lost} lost`,
    ...judgeLines(judge),
    ...(isSettled ? [] : ['Not everything under way had arrived when it was stopped.']),
  ];
}
