import type { TotalDifference } from './compare-totals.ts';
import type { OffsetKind } from './offset-kinds.ts';
import type { KindInterval, PartitionAccount } from './partition-ledger.ts';

/** All that an audit found. */
export interface AuditReport {
  readonly topic: string;
  readonly group: string;
  readonly deadLetterTopic: string;
  /** The rule that totals were made by, in words, and who said it. */
  readonly rule: string;
  readonly partitions: readonly PartitionAccount[];
  readonly totals: {
    /** Pairs whose totals were compared. */
    readonly compared: number;
    /** Idle for longer than state is kept: Redis may have forgotten them. */
    readonly idle: number;
    /** Of which Redis lists too few transactions to tell what it has summed. */
    readonly untold: number;
    readonly differences: readonly TotalDifference[];
  };
  /** What is wrong besides: one sentence each. */
  readonly problems: readonly string[];
  /** What is worth knowing and not wrong. */
  readonly notes: readonly string[];
}

/** Offsets of these kinds are gone: nobody has counted them, and nobody will. */
export const LOSSES: readonly OffsetKind[] = ['lost', 'refused without a dead letter'];

/** Kinds that are told interval by interval: everything but the rule. */
export function gapsOf({ intervals }: PartitionAccount): readonly KindInterval[] {
  return intervals.filter(({ kind }) => kind !== 'processed');
}

export function countOf(report: AuditReport, kind: OffsetKind): number {
  return report.partitions.reduce((sum, { counts }) => sum + counts[kind], 0);
}

/** Whether log, marks and totals tell the same. */
export function isClean(report: AuditReport): boolean {
  const { totals, problems } = report;
  const isLossless = LOSSES.every((kind) => countOf(report, kind) === 0);
  return isLossless && totals.differences.length === 0 && problems.length === 0;
}
