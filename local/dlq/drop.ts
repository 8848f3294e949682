import type { TopicAdmin, TopicWriter } from '#shared/kafka/topic.ts';
import { decisionsOf, keepDecisions } from './decisions.ts';
import type { LetterCase } from './read-letters.ts';

/**
 * Keeps that nothing will be done about the letters, and why. They stay in their topic, for as long
 * as that keeps them.
 */
export async function drop(
  chosen: readonly LetterCase[],
  options: {
    readonly topics: TopicWriter & TopicAdmin;
    /** The dead-letter topic. */
    readonly topic: string;
    readonly reason: string;
    readonly by: string;
    readonly nowMs: number;
  },
): Promise<void> {
  const { topics, topic, reason, by, nowMs } = options;
  const decided = chosen.map(({ letter: { name, id, record } }) => ({
    ...{ letter: name, letterTimeMs: record.timestampMs, id },
    ...{ action: 'dropped' as const, reason, atMs: nowMs, by },
  }));
  await keepDecisions(topics, topic, decided, decisionsOf(chosen));
}
