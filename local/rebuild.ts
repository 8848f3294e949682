import { startGroupAt } from '#shared/kafka/kafka-group-start.ts';
import type { Log } from '#shared/log.ts';

/** A topic that is read again, by a group that has no readers yet. */
export interface RebuiltTopic {
  readonly topic: string;
  readonly group: string;
  /** Records written since then are read again; epoch milliseconds. */
  readonly fromMs: number;
}

export interface RebuildOptions {
  readonly brokers: readonly string[];
  readonly topics: readonly RebuiltTopic[];
  /** Takes away what came in since the loss. */
  readonly emptyStore: () => Promise<void>;
  readonly log: Log;
}

/**
 * Repairs a store that was lost (L3), between the end of the old readers and the start of new ones:
 * groups of their own begin far enough back, and what comes in from now on lines up behind. Nobody
 * may read meanwhile. The store is emptied first: a pair that has seen a transaction of now takes
 * none from before the allowed lateness (O2), so what is read again must come first. For the same
 * reason it is read in order (`ordered`) until it has been caught up with, however many are read
 * side by side at other times.
 */
export async function rebuildFromTopics(options: RebuildOptions): Promise<void> {
  const { brokers, topics, emptyStore, log } = options;
  await emptyStore();
  for (const one of topics) await startGroupAt({ ...one, brokers, log });
}
