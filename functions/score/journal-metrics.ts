import { Gauge, type Registry } from 'prom-client';
import { countPassedOver, LOOK_BACK_MS } from '#shared/journal/passed-over.ts';
import type { Journal } from './journal.ts';

export interface JournalMetricsParts {
  readonly journal: Pick<Journal, 'marks' | 'epoch'>;
  readonly registry: Registry;
  /** The clock, epoch milliseconds. */
  readonly now: () => number;
  /** Between two looks; 30 s unless given. */
  readonly intervalMs?: number;
}

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
    if (marks !== undefined) gaps.set(countPassedOver(marks, seen, nowMs));
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
