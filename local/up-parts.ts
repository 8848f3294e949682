import type { KafkaTopics } from '#shared/kafka/kafka-topics.ts';
import { createKafkaTopics } from '#shared/kafka/kafka-topics.ts';
import type { Log } from '#shared/log.ts';
import { connectRedis } from '#shared/redis/client.ts';
import { showUrl } from '#shared/redis/redis-url.ts';
import { TRANSACTIONS_PARTITIONS, type UpNames, type UpOptions } from './up-options.ts';

/**
 * The brokers, once they have answered.
 * @throws Error that names the flag and the cure when they do not.
 */
export async function reachKafka(options: UpOptions): Promise<KafkaTopics> {
  const { kafkaBrokers: brokers, kafkaSecurity: security, log } = options;
  const topics = createKafkaTopics({ brokers, log, ...(security && { security }) });
  const problem = await topics.problem();
  if (problem === undefined) return topics;
  await topics.close();
  const cure = 'name a running broker as HOST:PORT, or use --start-services';
  throw new Error(`--kafka ${brokers.join(',')}: no broker answers there (${problem}); ${cure}`);
}

/**
 * Connects once and leaves again: the functions have their own connections.
 * @throws Error that names the flag and the cure when Redis does not answer or may evict keys (L5).
 */
export async function reachRedis(url: string, log: Log): Promise<void> {
  try {
    const redis = await connectRedis({ url, timeoutMs: 2000, startTimeoutMs: 5000, log });
    await redis.close();
  } catch (error) {
    const cure =
      'name a running Redis as redis://HOST:PORT, a cluster as redis+cluster://HOST:PORT, or use --start-services';
    throw new Error(`--redis ${showUrl(url)}: ${(error as Error).message}; ${cure}`);
  }
}

export async function createTopics(topics: KafkaTopics, names: UpNames): Promise<void> {
  await topics.ensureTopics([
    { name: names.transactions, partitions: TRANSACTIONS_PARTITIONS },
    { name: names.fraud, partitions: 1 },
    { name: names.transactionsDeadLetters, partitions: 1 },
    { name: names.fraudDeadLetters, partitions: 1 },
  ]);
}
