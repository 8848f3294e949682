import { expect, it } from 'vitest';
import { diagnose } from './diagnose.ts';
import { type Editable, manifests, ownManifests, pick, setupOf } from './setup-fixtures.ts';
import type { TopicFacts } from './topic-facts.ts';

const SOURCE = 'KafkaSource transactions';

async function trapsWith(
  edit: (find: (kindAndName: string) => Editable) => void,
  more = '',
): Promise<readonly string[]> {
  const objects = [...(await ownManifests()), ...manifests(more)];
  edit((kindAndName) => pick(objects, kindAndName));
  return diagnose(setupOf(objects)).findings.map(({ trap }) => trap);
}

it('finds nothing in our own manifests', async () => {
  const { findings, resources } = diagnose(setupOf(await ownManifests()));
  expect(findings).toEqual([]);
  expect(resources).toBeGreaterThan(10);
});

it('names both traps of a source without any delivery block', async () => {
  const objects = await ownManifests();
  delete pick(objects, SOURCE).spec.delivery;
  const { findings } = diagnose(setupOf(objects));
  expect(findings).toMatchObject([
    { trap: 'no-dead-letter-sink', what: 'spec.delivery is not set' },
    {
      trap: 'retry-budget-over-poll-interval',
      what: expect.stringContaining('(10 + 1) · 600 s + 613.8 s of waits = 7213.8 s'),
    },
  ]);
});

it('says errors before warnings', async () => {
  const traps = await trapsWith((find) => {
    find('Service score').spec.template.spec.containerConcurrency = 0;
    find('StatefulSet splitwatch-redis').spec.template.spec.containers[0].args = ['--save', ''];
  });
  expect(traps).toEqual(['redis-does-not-persist', 'container-concurrency-0']);
});

it("goes by the cluster's own poll interval where that is seen", async () => {
  const config = (ms: number): string => `
apiVersion: v1
kind: ConfigMap
metadata: {name: config-kafka-source-data-plane, namespace: knative-eventing}
data:
  config-kafka-source-consumer.properties: |
    max.poll.records=50
    max.poll.interval.ms=${ms}
`;
  const both = ['retry-budget-over-poll-interval', 'retry-budget-over-poll-interval'];
  expect(await trapsWith(() => {}, config(120_000))).toEqual(both);
  expect(await trapsWith(() => {}, config(300_000))).toEqual([]);
});

it('takes what is exactly at a limit for within it', async () => {
  const traps = await trapsWith((find) => {
    const { spec } = find(SOURCE);
    spec.consumers = 6;
    Object.assign(spec.delivery, { retry: 4, timeout: 'PT60S', backoffDelay: 'PT0S' });
    Object.assign(find('KafkaSource fraud').spec.delivery, {
      ...{ retry: 4, timeout: 'PT30S', backoffDelay: 'PT0S' },
    });
  });
  expect(traps).toEqual(['dead-letter-over-poll-interval']);
});

it('knows a consumer group that Knative has made up and written in', async () => {
  const traps = await trapsWith((find) => {
    const { spec } = find(SOURCE);
    spec.consumerGroup = 'knative-kafka-source-5f2a8e0c-8a43-4a6e-9f3e-2d4b6c8e0f1a';
  });
  expect(traps).toEqual(['random-consumer-group']);
});

it('leaves consumers to KEDA, and says so', async () => {
  const objects = await ownManifests();
  const { metadata, spec } = pick(objects, SOURCE);
  metadata.annotations = {
    'autoscaling.knative.dev/class': 'keda.autoscaling.knative.dev',
  };
  spec.consumers = 50;
  const { findings, unchecked } = diagnose(setupOf(objects));
  expect(findings).toEqual([]);
  expect(unchecked).toContain('KafkaSource transactions: its consumers, which KEDA sets');
});

it("lets notify be without a bound, whose pages stay open, and nobody else's", async () => {
  const traps = await trapsWith((find) => {
    const { metadata, spec } = find('Service notify');
    metadata.name = 'told';
    metadata.labels = {};
    spec.template.spec.containers[0].image = 'registry.example/told:1';
    find('KafkaSource fraud').spec.sink.ref.name = 'told';
  });
  expect(traps).toEqual(['container-concurrency-0']);
});

it.each([
  ['at the sum of two sources', 'ordered', { target: '18' }, []],
  ['below the target, above no bound', 'ordered', { target: '19' }, ['in-flight-below-target']],
  ['at a utilization of its own', 'ordered', { 'target-utilization-percentage': '10' }, []],
  ['by requests a second', 'ordered', { metric: 'rps' }, []],
  ['with one pod anyway', 'ordered', { 'max-scale': '1' }, []],
  ['above the bound of a pod', 'unordered', { target: '500' }, []],
  [
    'exactly at the target, which is one pod',
    'ordered',
    { target: '26', 'target-utilization-percentage': '50' },
    ['in-flight-below-target'],
  ],
  ['far below the default', 'ordered', { target: undefined }, ['in-flight-below-target']],
])('counts requests in flight %s', async (_what, ordering, annotations, traps) => {
  const found = await trapsWith(
    (find) => {
      find(SOURCE).spec.ordering = ordering;
      const { metadata } = find('Service score').spec.template;
      for (const [name, value] of Object.entries(annotations)) {
        metadata.annotations[`autoscaling.knative.dev/${name}`] = value;
      }
    },
    ordering === 'ordered' ? secondSource() : '',
  );
  expect(found).toEqual(traps);
});

/** Seven more partitions that lead to score: 13 in all when ordered. */
function secondSource(): string {
  return `
apiVersion: sources.knative.dev/v1
kind: KafkaSource
metadata: {name: more}
spec:
  topics: [more]
  consumerGroup: more
  initialOffset: earliest
  delivery:
    retry: 1
    timeout: PT1S
    deadLetterSink: {ref: {apiVersion: eventing.knative.dev/v1alpha1, kind: KafkaSink, name: fraud-dlq}}
  sink: {ref: {apiVersion: serving.knative.dev/v1, kind: Service, name: score}}
---
apiVersion: kafka.strimzi.io/v1
kind: KafkaTopic
metadata: {name: more}
spec: {partitions: 7}`;
}

it('takes K_SINK from the Service itself, or from a binding by labels', async () => {
  const bindByLabels = (find: (kindAndName: string) => Editable, labels: object): void => {
    const { subject } = find('SinkBinding score').spec;
    delete subject.name;
    subject.selector = { matchLabels: labels };
  };
  const component = 'app.kubernetes.io/component';
  expect(await trapsWith((find) => bindByLabels(find, { [component]: 'score' }))).toEqual([]);
  const other = await trapsWith((find) => bindByLabels(find, { [component]: 'notify' }));
  expect(other).toEqual(['k-sink-unset']);
  const own = await trapsWith((find) => {
    bindByLabels(find, { [component]: 'notify' });
    const { env } = find('Service score').spec.template.spec.containers[0];
    env.push({ name: 'K_SINK', value: 'http://sink' });
  });
  expect(own).toEqual([]);
});

it('keeps namespaces apart where both sides name one', async () => {
  const place = (one: string, other: string) =>
    trapsWith((find) => {
      find('SinkBinding score').metadata.namespace = one;
      find('KafkaSink fraud').metadata.namespace = one;
      find('Service score').metadata.namespace = other;
    });
  expect(await place('a', 'a')).toEqual([]);
  expect(await place('a', 'b')).toEqual(['k-sink-unset']);
});

it("holds the topic against score's own window (L3)", async () => {
  const topic = `
apiVersion: kafka.strimzi.io/v1
kind: KafkaTopic
metadata: {name: transactions}
spec: {config: {retention.ms: 172800000}}`;
  expect(await trapsWith(() => {}, topic)).toEqual([]);
  const traps = await trapsWith((find) => {
    const { env } = find('Service score').spec.template.spec.containers[0];
    env.push({ name: 'WINDOW_MS', value: '259200000' });
  }, topic);
  expect(traps).toEqual(['retention-shorter-than-window']);
});

it("believes the broker's partitions before the manifest's", async () => {
  const topics: readonly TopicFacts[] = [
    {
      ...{ topic: 'transactions', partitions: 2, retentionMs: Number.POSITIVE_INFINITY },
      resource: { kind: 'topic', name: 'transactions' },
    },
  ];
  const { findings } = diagnose({ ...setupOf(await ownManifests()), topics });
  expect(findings).toMatchObject([
    { what: 'spec.consumers is 3, and transactions has 2 partitions' },
  ]);
});

it('takes a Knative that says devel for one that does not say its release', async () => {
  const release = (version: string) => {
    const labels = `{app.kubernetes.io/name: knative-serving, app.kubernetes.io/version: ${version}}`;
    const yaml = `{apiVersion: apps/v1, kind: Deployment, metadata: {name: a, labels: ${labels}}}`;
    return diagnose(setupOf(manifests(yaml)));
  };
  const unknown = 'the releases of Knative: a live cluster says them';
  expect(release('devel').unchecked).toContain(unknown);
  expect(release('1.23.0').unchecked).not.toContain(unknown);
});

it('lists what could not be looked at, with what would tell', async () => {
  const objects = (await ownManifests()).filter(({ object }) => object.kind === 'KafkaSource');
  expect(diagnose(setupOf(objects), ['the moon']).unchecked).toEqual([
    'the moon',
    'the partitions of topic transactions, fraud: --kafka asks the broker',
    'the retention of topic transactions: --kafka asks the broker',
    'whether Redis persists, may evict, and its version: --redis asks it',
    'the releases of Knative: a live cluster says them',
    'the version of Kafka: it is seen only in the manifests of a broker',
  ]);
});
