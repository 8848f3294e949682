import type { KafkaClientOptions } from '#shared/kafka/kafka-client.ts';
import { readTopicSettings } from '#shared/kafka/kafka-topic-settings.ts';
import { kafkaSources, type Setup } from './setup.ts';
import { keptMs, type TopicFacts, topicsOf } from './topic-facts.ts';
import { topicsOfScore } from './topic-retention.ts';

export interface AskedKafka {
  readonly topics: readonly TopicFacts[];
  readonly unchecked: readonly string[];
}

/**
 * What the brokers say of the topics that sources read; of the usual one where there is no source.
 * @throws AppError `topic` when they do not answer.
 */
export async function askKafka(
  options: KafkaClientOptions,
  objects: Setup['objects'],
): Promise<AskedKafka> {
  const setup = { objects, topics: [], redis: [] };
  const scored = topicsOfScore(setup).map(({ topic }) => topic);
  const wanted = [...new Set([...kafkaSources(setup).flatMap(topicsOf), ...scored])];
  const found = await readTopicSettings(options, wanted);
  const missing = wanted.filter((name) => !found.some(({ topic }) => topic === name));
  return {
    topics: found.map(({ topic, partitions, retentionMs, cleanupPolicy }) => ({
      ...{ topic, partitions, cleanupPolicy, retentionMs: keptMs(retentionMs) },
      resource: { kind: 'topic', name: topic },
    })),
    unchecked: missing.map((topic) => `topic ${topic}: it is not on ${options.brokers.join(',')}`),
  };
}
