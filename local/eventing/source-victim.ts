import { createKafkaTopics } from '#shared/kafka/kafka-topics.ts';
import { createLog } from '#shared/log.ts';
import { startKafkaSource } from './kafka-source.ts';

/** For tests: a KafkaSource in a process of its own, ordered and so slow enough to be killed. */
const [brokers = '', topic = '', group = '', sinkUrl = '', maxEvents] = process.argv.slice(2);
const log = createLog('source-victim', 'silent');
const reader = createKafkaTopics({
  brokers: brokers.split(','),
  log,
  sessionTimeoutMs: 6000,
});
await startKafkaSource({
  ...{ reader, topic, group, sinkUrl, log },
  ordering: 'ordered',
  commitIntervalMs: 50,
  ...(maxEvents && { batch: { maxEvents: Number(maxEvents) } }),
});
