import { Gauge, type Registry } from 'prom-client';
import { gapsBetween } from '#shared/journal/offset-marks.ts';
import type { Journal } from './journal.ts';

export interface JournalMetricsParts {
  readonly journal: Pick<Journal, 'marks' | 'epoch'>;
  readonly registry: Registry;
  /** The clock, epoch milliseconds. */
  readonly now: () => number;
  /** Between two looks; 30 s unless given. */
  readonly intervalMs?: number;
}

/** A gap so old is no longer being tried again: the source gives up after two minutes (facts 1). */
const GRACE_MS = 180_000;
/** Chunks that nobody has begun upon for so long are not looked at again; `audit` does. */
const LOOK_BACK_MS = 6 * 3_600_000;

/**
 * What `/metrics` says of the journal: whether acknowledged transactions are known to be lost, and
 * how many offsets were passed over. A gap may be a record that was given up, or none at all (what
 * a producer's transaction leaves, compaction): `./splitwatch audit` asks the topic.
 */
export function createJournalMetrics(parts: JournalMetricsParts): { readonly stop: () => void } {
  const { journal, registry, now, intervalMs = 30_000 } = parts;
  const registers = [registry];
  new Gauge({
    name: 'splitwatch_state_lost',
    help: '1 when Redis has lost what was acknowledged, until the topic has been read again',
    registers,
    collect() {
      this.set(journal.epoch.kind === 'whole' ? 0 : 1);
    },
  });
  const gaps = new Gauge({
    name: 'splitwatch_offset_gaps',
    help: 'Offsets of the topic that were passed over minutes ago: see ./splitwatch audit',
    registers,
  });
  const seen = new Map<string, number>();
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  const look = async (): Promise<void> => {
    const nowMs = now();
    const marks = await journal.marks(nowMs - LOOK_BACK_MS).catch(() => undefined);
    if (marks !== undefined) gaps.set(countOld(marks, seen, nowMs));
    if (!isStopped) timer = setTimeout(look, intervalMs).unref();
  };
  timer = setTimeout(look, intervalMs).unref();
  return {
    stop: () => {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}

/**
 * How many offsets have been passed over for longer than the grace. `seen` remembers each gap, by
 * where it ends, from one look to the next.
 */
export function countOld(
  marks: Awaited<ReturnType<Journal['marks']>>,
  seen: Map<string, number>,
  nowMs: number,
): number {
  const still = new Set<string>();
  let count = 0;
  for (const [partition, intervals] of marks) {
    for (const { from, to } of gapsBetween(intervals)) {
      const name = `${partition}:${to}`;
      still.add(name);
      const sinceMs = seen.get(name) ?? nowMs;
      seen.set(name, sinceMs);
      if (nowMs - sinceMs >= GRACE_MS) count += to - from;
    }
  }
  for (const name of seen.keys()) if (!still.has(name)) seen.delete(name);
  return count;
}
