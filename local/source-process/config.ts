import { type ConfigOf, commonSettings, type Settings, setting } from '#shared/config.ts';
import { kafkaSettings } from '#shared/kafka/kafka-settings.ts';
import { type DeliverySpec, isoMs, MANIFEST_DELIVERY } from '../eventing/delivery.ts';

const duration = (description: string, fallback: string) => ({
  description,
  fallback,
  parse: (text: string) => {
    try {
      isoMs(text);
      return { value: text };
    } catch {
      return { expected: 'an ISO 8601 duration such as PT0.5S' };
    }
  },
});

/** Settings of the source (spec C): a KafkaSource's own, and the bounds of its batches. */
export const sourceSettings = {
  ...commonSettings,
  DRAIN_MS: {
    ...commonSettings.DRAIN_MS,
    description: 'After SIGTERM, how long at most what is in flight may take, milliseconds.',
  },
  K_SINK: setting.url({
    description: 'Where transactions are posted: score; a SinkBinding sets it.',
    schemes: ['http', 'https'],
  }),
  DEAD_LETTER_SINK: setting.url({
    description: 'Where what cannot be delivered is posted: a KafkaSink.',
    schemes: ['http', 'https'],
  }),
  ...kafkaSettings,
  TOPIC: setting.text({ description: 'Topic that is read.', fallback: 'transactions' }),
  CONSUMER_GROUP: setting.text({
    description: 'Whose committed offsets say where reading goes on; all replicas share it.',
    fallback: 'splitwatch-score',
  }),
  INITIAL_OFFSET: setting.choice({
    description: 'Where a group begins that has committed nothing.',
    fallback: 'earliest',
    choices: ['earliest', 'latest'],
  }),
  ORDERING: setting.choice({
    description: 'Ordered: one batch of a partition in flight at a time.',
    fallback: 'unordered',
    choices: ['ordered', 'unordered'],
  }),
  SOURCE_NAMESPACE: setting.text({
    description: 'Namespace in the source attribute of plain records, as a KafkaSource writes it.',
    fallback: 'default',
  }),
  SOURCE_NAME: setting.text({
    description:
      'Name in that attribute; another one makes other transactions of the same records.',
    fallback: 'transactions',
  }),
  RETRY: setting.integer({
    description: 'How often a request is made again before its records go one by one, and those.',
    fallback: String(MANIFEST_DELIVERY.retry),
    min: 1,
    max: 100,
  }),
  BACKOFF_POLICY: setting.choice({
    description: 'How the wait between tries grows.',
    fallback: MANIFEST_DELIVERY.backoffPolicy,
    choices: ['linear', 'exponential'],
  }),
  BACKOFF_DELAY: duration('What it grows from, ISO 8601.', MANIFEST_DELIVERY.backoffDelay),
  REQUEST_TIMEOUT: duration('Longest time of one request, ISO 8601.', MANIFEST_DELIVERY.timeout),
  BATCH_MAX_EVENTS: setting.integer({
    description: "Most records of a batch; at most score's MAX_BATCH_EVENTS.",
    fallback: '1000',
    min: 1,
    max: 100_000,
  }),
  BATCH_MAX_BYTES: setting.integer({
    description: "Largest body of a batch, bytes; at most score's MAX_BATCH_BYTES.",
    fallback: '1048576',
    min: 1024,
    max: 67_108_864,
  }),
  BATCHES_IN_FLIGHT: setting.integer({
    description: 'Batches in flight at once.',
    fallback: '3',
    min: 1,
    max: 64,
  }),
  COMMIT_INTERVAL_MS: setting.integer({
    description: 'How often offsets are committed, milliseconds; what a killed source sends again.',
    fallback: '1000',
    min: 10,
    max: 60_000,
  }),
} as const satisfies Settings;

export type SourceConfig = ConfigOf<typeof sourceSettings>;

export function deliveryOf(config: SourceConfig): DeliverySpec {
  return {
    retry: config.RETRY,
    backoffPolicy: config.BACKOFF_POLICY,
    backoffDelay: config.BACKOFF_DELAY,
    timeout: config.REQUEST_TIMEOUT,
    deadLetterSink: { uri: config.DEAD_LETTER_SINK },
  };
}
