import type { TopicHistory } from '#shared/kafka/kafka-history.ts';
import { alertWord } from './expected-alerts.ts';

/** What score said, held against what it had to say. */
export interface CheckedAlerts {
  readonly said: number;
  /** Said more than once, word for word: harmless, readers upsert. */
  readonly repeated: number;
  readonly missing: number;
  readonly unexpected: number;
}

/** Reads the fraud topic from its beginning to its end. */
export async function checkAlerts(
  history: TopicHistory,
  topic: string,
  expected: ReadonlySet<string>,
): Promise<CheckedAlerts> {
  const said = new Set<string>();
  let records = 0;
  await history.read(topic, (await history.spans(topic)) ?? [], (read) => {
    for (const { value } of read) {
      records += 1;
      const { alertId, sequence, total } = JSON.parse(String(value)) as {
        readonly alertId: string;
        readonly sequence: number;
        readonly total: string;
      };
      said.add(alertWord(alertId, sequence, total));
    }
  });
  return {
    said: said.size,
    repeated: records - said.size,
    missing: countNotIn(expected, said),
    unexpected: countNotIn(said, expected),
  };
}

function countNotIn(words: ReadonlySet<string>, others: ReadonlySet<string>): number {
  let count = 0;
  for (const word of words) if (!others.has(word)) count += 1;
  return count;
}
