import { createKafkaHistory, type TopicHistory } from '#shared/kafka/kafka-history.ts';
import { createKafkaTopics, type KafkaTopics } from '#shared/kafka/kafka-topics.ts';
import { createLog } from '#shared/log.ts';
import { startServices } from '../../local/services/start-services.ts';
import type { BenchOptions } from '../benchmark.ts';

export interface OwnKafka {
  readonly brokers: string;
  readonly topics: KafkaTopics;
  readonly history: TopicHistory;
  readonly stop: () => Promise<void>;
}

/** A broker of the benchmark's own. Its cost is nobody's that is measured: both sides have it. */
export async function startOwnKafka({ log, environment }: BenchOptions): Promise<OwnKafka> {
  const own = { ...environment, KAFKA_BROKERS: undefined };
  const services = await startServices({ redis: false, kafka: true, log, environment: own });
  const brokers = services.kafkaBrokers ?? '';
  const options = { brokers: [brokers], log: createLog('bench', 'error'), writeTimeoutMs: 60_000 };
  const topics = createKafkaTopics(options);
  const history = createKafkaHistory(options);
  return {
    brokers,
    topics,
    history,
    stop: async () => {
      await Promise.all([topics.close(), history.close()]);
      await services.stop();
    },
  };
}
