import { createKafkaTopics } from '#shared/kafka/kafka-topics.ts';
import { createLog } from '#shared/log.ts';
import { startKafkaSource } from './kafka-source.ts';

/** For tests: a KafkaSource in a process of its own, ordered and so slow enough to be killed. */
const { KAFKA_BROKERS = '', TOPIC = '', GROUP = '', SINK_URL = '' } = process.env;
const log = createLog('source-victim', 'silent');
const reader = createKafkaTopics({
  brokers: KAFKA_BROKERS.split(','),
  log,
  sessionTimeoutMs: 6000,
});
await startKafkaSource({
  ...{ reader, topic: TOPIC, group: GROUP, sinkUrl: SINK_URL, log },
  ordering: 'ordered',
  commitIntervalMs: 50,
});
