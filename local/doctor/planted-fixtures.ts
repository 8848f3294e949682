import type { Editable } from './setup-fixtures.ts';
import type { TrapName } from './traps.ts';

/** A trap, the object of ours that it is planted in, how, and what must be said. */
type Row = readonly [TrapName, string, (object: Editable) => void, string];

const SOURCE = 'KafkaSource transactions';
const SCORE = 'Service score';
const REDIS = 'StatefulSet splitwatch-redis';

const container = (object: Editable): Editable => object.spec.template.spec.containers[0];
const replaceWord = (words: string[], after: string, word: string): void => {
  words[words.indexOf(after) + 1] = word;
};
/** Takes every reference to fraud's sink elsewhere, as if nobody had made it. */
const renameSink = (object: Editable): void => {
  object.metadata.name = 'fruad';
};

export const PLANTED: readonly Row[] = [
  [
    'no-dead-letter-sink',
    SOURCE,
    ({ spec }) => delete spec.delivery.deadLetterSink,
    'spec.delivery.deadLetterSink is not set',
  ],
  [
    'delivery-without-retry',
    SOURCE,
    ({ spec }) => delete spec.delivery.retry,
    'spec.delivery.retry is not set, which means 0',
  ],
  [
    'delivery-without-retry',
    SOURCE,
    ({ spec }) => {
      spec.delivery.retry = 0;
    },
    'spec.delivery.retry is 0',
  ],
  [
    'delivery-unreadable',
    SOURCE,
    ({ spec }) => {
      spec.delivery.timeout = '15s';
    },
    'spec.delivery: "15s" is not a duration such as PT0.5S',
  ],
  [
    'retry-budget-over-poll-interval',
    SOURCE,
    ({ spec }) => {
      spec.delivery.timeout = 'PT60S';
    },
    '(5 + 1) · 60 s + 31 s of waits = 391 s; a consumer has 300 s (max.poll.interval.ms)',
  ],
  [
    'retry-budget-over-poll-interval',
    SOURCE,
    ({ spec }) => delete spec.delivery.timeout,
    '(5 + 1) · 600 s + 31 s of waits = 3631 s',
  ],
  [
    'dead-letter-over-poll-interval',
    SOURCE,
    ({ spec }) => {
      Object.assign(spec.delivery, { backoffPolicy: 'linear', backoffDelay: 'PT5S' });
    },
    '(5 + 1) · 15 s + 75 s of waits = 165 s; a consumer has 300 s (max.poll.interval.ms), and its',
  ],
  [
    'initial-offset-latest',
    SOURCE,
    ({ spec }) => {
      spec.initialOffset = 'latest';
    },
    'spec.initialOffset is latest',
  ],
  [
    'initial-offset-latest',
    SOURCE,
    ({ spec }) => delete spec.initialOffset,
    'spec.initialOffset is not set, which means latest',
  ],
  [
    'random-consumer-group',
    SOURCE,
    ({ spec }) => delete spec.consumerGroup,
    'spec.consumerGroup is not set: Knative makes one up',
  ],
  [
    'consumers-above-partitions',
    SOURCE,
    ({ spec }) => {
      spec.consumers = 7;
    },
    'spec.consumers is 7, and transactions has 6 partitions',
  ],
  [
    'in-flight-below-target',
    SOURCE,
    ({ spec }) => {
      spec.ordering = 'ordered';
    },
    'spec.ordering ordered over 6 partitions lets transactions have 6 in flight at most; ' +
      'score aims at 42 a pod (target 60 · 70 %)',
  ],
  [
    'container-concurrency-0',
    SCORE,
    ({ spec }) => {
      spec.template.spec.containerConcurrency = 0;
    },
    'spec.template.spec.containerConcurrency is 0',
  ],
  [
    'container-concurrency-0',
    SCORE,
    ({ spec }) => delete spec.template.spec.containerConcurrency,
    'spec.template.spec.containerConcurrency is not set, which means 0',
  ],
  [
    'k-sink-unset',
    'SinkBinding score',
    ({ spec }) => {
      spec.subject.name = 'scores';
    },
    'no SinkBinding has score as its subject',
  ],
  [
    'k-sink-unset',
    'SinkBinding score',
    ({ spec }) => {
      spec.subject.apiVersion = 'v1';
    },
    'no SinkBinding has score as its subject',
  ],
  [
    'kafka-sink-missing',
    'KafkaSink fraud',
    renameSink,
    'spec.sink.ref names the KafkaSink fraud, which is not among what was read',
  ],
  [
    'kafka-sink-missing',
    'KafkaSink transactions-dlq',
    renameSink,
    'spec.delivery.deadLetterSink.ref names the KafkaSink transactions-dlq',
  ],
  [
    'kafka-sink-structured',
    'KafkaSink transactions-dlq',
    ({ spec }) => delete spec.contentMode,
    'spec.contentMode is not set, which means structured',
  ],
  [
    'redis-evicts',
    REDIS,
    (object) => replaceWord(container(object).args, '--maxmemory-policy', 'allkeys-lru'),
    'maxmemory-policy is allkeys-lru',
  ],
  [
    'redis-does-not-persist',
    REDIS,
    (object) => {
      container(object).args = ['--appendonly', 'no', '--save', ''];
    },
    'appendonly is no and save is empty',
  ],
  [
    'redis-does-not-persist',
    REDIS,
    (object) => {
      container(object).command = ['sh', '-c', 'exec redis-server --save "" --port 6379'];
      container(object).args = [];
    },
    'appendonly is no and save is empty',
  ],
  [
    'redis-loses-minutes',
    REDIS,
    (object) => replaceWord(container(object).args, '--appendonly', 'no'),
    'appendonly is no; snapshots only (save 3600 1 300 100 60 10000)',
  ],
  [
    'redis-on-empty-dir',
    REDIS,
    ({ spec }) => {
      spec.volumeClaimTemplates = [];
      spec.template.spec.volumes = [{ name: 'data', emptyDir: {} }];
    },
    'has no volumeClaimTemplates and no claimed volume',
  ],
  [
    'redis-in-each-pod',
    SCORE,
    (object) => {
      container(object).env = [{ name: 'REDIS_URL', value: 'memory:' }];
    },
    'REDIS_URL is memory:, the embedded store of one process',
  ],
  [
    'redis-too-old',
    REDIS,
    (object) => {
      container(object).image = 'docker.io/library/redis:6.0.9-alpine';
    },
    'its version is 6.0.9',
  ],
  [
    'redis-untried',
    REDIS,
    (object) => {
      container(object).image = 'redis:6.2';
    },
    'its version is 6.2',
  ],
  [
    'api-version-too-old',
    SOURCE,
    (object) => {
      object.apiVersion = 'sources.knative.dev/v1beta1';
    },
    'apiVersion is sources.knative.dev/v1beta1',
  ],
];

/** A trap, the YAML that has it, and what must be said. */
type YamlRow = readonly [TrapName, string, string];

/** What a KafkaTopic is configured with. */
export const PLANTED_IN_TOPICS: readonly YamlRow[] = [
  [
    'retention-shorter-than-window',
    '{retention.ms: 600000}',
    'spec.config.retention.ms is 600000; WINDOW_MS + ALLOWED_LATENESS_MS of score are 1200000',
  ],
  [
    'retention-shorter-than-state',
    '{retention.ms: "3600000"}',
    'spec.config.retention.ms is 3600000; STATE_TTL_MS of score is 86400000',
  ],
  [
    'topic-compacts',
    '{cleanup.policy: "compact,delete"}',
    'spec.config.cleanup.policy of transactions is compact,delete',
  ],
];

/** Other people's objects. */
export const PLANTED_BESIDE: readonly YamlRow[] = [
  [
    'knative-too-old',
    `apiVersion: apps/v1
kind: Deployment
metadata:
  name: controller
  labels: {app.kubernetes.io/name: knative-serving, app.kubernetes.io/version: 1.14.1}`,
    'its label app.kubernetes.io/version is 1.14.1',
  ],
  [
    'kafka-too-old',
    `apiVersion: kafka.strimzi.io/v1beta2
kind: Kafka
metadata: {name: my-cluster}
spec: {kafka: {version: 2.0.1}}`,
    'spec.kafka.version is 2.0.1',
  ],
  [
    'kafka-too-old',
    `apiVersion: apps/v1
kind: StatefulSet
metadata: {name: kafka}
spec: {template: {spec: {containers: [{image: "docker.io/bitnami/kafka:1.1.1-debian"}]}}}`,
    "its image's tag is 1.1.1",
  ],
];
