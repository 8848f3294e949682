import kafkajs from 'kafkajs';
import { adminOf } from './kafka-admin.ts';
import { createKafkaClient, type KafkaClientOptions } from './kafka-client.ts';

/** How a topic stands on the brokers. */
export interface TopicSettings {
  readonly topic: string;
  readonly partitions: number;
  /** As Kafka has it: -1 is for ever. */
  readonly retentionMs: number;
  /** delete, compact, or both with a comma. */
  readonly cleanupPolicy: string;
}

/**
 * Those of the topics that are there; none is made by asking. What a topic does not set is the
 * brokers' default.
 * @throws AppError `topic`, with the brokers named, when they do not answer.
 */
export async function readTopicSettings(
  options: KafkaClientOptions,
  topics: readonly string[],
): Promise<readonly TopicSettings[]> {
  const kafka = createKafkaClient(options);
  const ask = adminOf(() => kafka.admin(), options.brokers);
  try {
    return await ask.run('asking for its topics', async (admin) => {
      const known = new Set(await admin.listTopics());
      const there = topics.filter((topic) => known.has(topic));
      if (there.length === 0) return [];
      const { topics: metadata } = await admin.fetchTopicMetadata({ topics: there });
      const { resources } = await admin.describeConfigs({
        includeSynonyms: false,
        resources: there.map((name) => ({
          ...{ type: kafkajs.ConfigResourceTypes.TOPIC, name },
          configNames: ['retention.ms', 'cleanup.policy'],
        })),
      });
      return metadata.map(({ name, partitions }) => {
        const entries = resources.find(({ resourceName }) => resourceName === name)?.configEntries;
        const value = (wanted: string): string =>
          entries?.find(({ configName }) => configName === wanted)?.configValue ?? '';
        return {
          topic: name,
          partitions: partitions.length,
          retentionMs: Number(value('retention.ms')),
          cleanupPolicy: value('cleanup.policy'),
        };
      });
    });
  } finally {
    await ask.close();
  }
}
