import { ADMIN_TIMEOUT_MS, adminOf, endsOfNew, lagOf } from './kafka-admin.ts';
import { createKafkaClient, type KafkaClientOptions } from './kafka-client.ts';
import { KafkaSubscription } from './kafka-subscription.ts';
import { createKafkaWriter } from './kafka-writer.ts';
import type { TopicAdmin, TopicReader, TopicWriter } from './topic.ts';

export interface KafkaTopicsOptions extends KafkaClientOptions {
  /** Longest time for one `write`; 10,000 ms. */
  readonly writeTimeoutMs?: number;
  /** How long a reader may be silent before its partitions go to others; 10,000 ms. */
  readonly sessionTimeoutMs?: number;
  /** Longest time until a group has taken a new reader in; 30,000 ms. */
  readonly joinTimeoutMs?: number;
}

export type KafkaTopics = TopicWriter & TopicReader & TopicAdmin;

/** Kafka's own word for its `default.replication.factor`. */
const BROKER_DECIDES = -1;

/**
 * The topic port on real brokers, by kafkajs. Connects when first used; every call has a deadline
 * and ends in AppError `topic` with the brokers named. This folder is the only one that knows
 * kafkajs.
 */
export function createKafkaTopics(options: KafkaTopicsOptions): KafkaTopics {
  const { brokers, log, writeTimeoutMs = 10_000 } = options;
  const kafka = createKafkaClient(options);
  const writer = createKafkaWriter({ kafka, brokers, writeTimeoutMs });
  const ask = adminOf(() => kafka.admin(), brokers);
  return {
    write: writer.write,
    async ensureTopics(topics) {
      await ask.run('creating topics', async (admin) => {
        const existing = new Set(await admin.listTopics());
        const missing = topics.filter(({ name }) => !existing.has(name));
        if (missing.length === 0) return;
        await admin.createTopics({
          topics: missing.map(({ name, partitions, replicas = BROKER_DECIDES, isCompacted }) => ({
            topic: name,
            numPartitions: partitions,
            replicationFactor: replicas,
            configEntries: isCompacted ? [{ name: 'cleanup.policy', value: 'compact' }] : [],
          })),
          waitForLeaders: true,
          timeout: ADMIN_TIMEOUT_MS,
        });
      });
    },
    async subscribe(subscription) {
      const { sessionTimeoutMs = 10_000, joinTimeoutMs = 30_000 } = options;
      const { topic, group, from } = subscription;
      const running = new KafkaSubscription(subscription, {
        ...{ kafka, brokers, log, sessionTimeoutMs, joinTimeoutMs },
        endsOfNew: () =>
          ask.run('asking for the latest records', (admin) => endsOfNew(admin, topic, group)),
      });
      await running.start();
      return {
        lag: () => ask.run('asking for the lag', (admin) => lagOf(admin, topic, group, from)),
        stop: () => running.stop(),
      };
    },
    async problem() {
      try {
        await ask.run('asking for its topics', (admin) => admin.listTopics());
        return undefined;
      } catch (error) {
        return (error as Error).message;
      }
    },
    async close() {
      await Promise.all([writer.close(), ask.close()]);
    },
  };
}
