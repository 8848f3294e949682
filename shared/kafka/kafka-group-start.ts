import { adminOf } from './kafka-admin.ts';
import { createKafkaClient, type KafkaClientOptions } from './kafka-client.ts';

/**
 * Has a group that nobody reads in begin, in every partition of the topic, at the first record
 * that was written at `fromMs` or later; where there is none, at the end. Safe to repeat until its
 * first reader comes.
 * @throws AppError `topic` when the broker does not answer, or the group has readers.
 */
export async function startGroupAt(
  options: KafkaClientOptions & {
    readonly group: string;
    readonly topic: string;
    /** Epoch milliseconds, of the records' own timestamps. */
    readonly fromMs: number;
  },
): Promise<void> {
  const { brokers, group, topic, fromMs } = options;
  const kafka = createKafkaClient(options);
  const ask = adminOf(() => kafka.admin(), brokers);
  try {
    await ask.run(`having group ${group} begin at ${fromMs}`, async (admin) => {
      const partitions = await admin.fetchTopicOffsetsByTimestamp(topic, fromMs);
      await admin.setOffsets({ groupId: group, topic, partitions });
    });
  } finally {
    await ask.close();
  }
}
