import { createKafkaClient, type KafkaClientOptions } from '#shared/kafka/kafka-client.ts';

/** Makes topics whose records carry the broker's own time of writing them, whoever sends them. */
export async function makeStampedTopics(
  options: KafkaClientOptions,
  names: readonly string[],
): Promise<void> {
  const admin = createKafkaClient(options).admin();
  await admin.connect();
  await admin.createTopics({
    topics: names.map((topic) => ({
      ...{ topic, numPartitions: 2, replicationFactor: 1 },
      configEntries: [{ name: 'message.timestamp.type', value: 'LogAppendTime' }],
    })),
    waitForLeaders: true,
  });
  await admin.disconnect();
}
