import { expect, it } from 'vitest';
import { deployedLine } from './deployed-line.ts';
import type { KindRef, KubeObject, ObjectRef } from './kube-object.ts';

const NAMESPACE = 'bank';
const knative = { apiVersion: 'sources.knative.dev/v1', kind: 'KafkaSource' };
const sinks = { apiVersion: 'eventing.knative.dev/v1alpha1', kind: 'KafkaSink' };

const sourceOf = (name: string, topic: string, sink: string): KubeObject => ({
  ...knative,
  metadata: { name, namespace: NAMESPACE },
  spec: {
    ...{ bootstrapServers: ['kafka:9092'], topics: [topic], consumerGroup: `group-${sink}` },
    sink: { ref: { kind: 'Service', name: sink } },
    delivery: { deadLetterSink: { ref: { ...sinks, name: 'letters' } } },
  },
});
const letters: KubeObject = {
  ...sinks,
  metadata: { name: 'letters', namespace: NAMESPACE },
  spec: { topic: 'given-up' },
};
const batches: KubeObject = {
  ...{ apiVersion: 'apps/v1', kind: 'Deployment' },
  metadata: {
    ...{ name: 'transactions-source', namespace: NAMESPACE },
    labels: { 'app.kubernetes.io/component': 'source' },
  },
  spec: {
    template: {
      spec: {
        containers: [
          {
            env: Object.entries({
              ...{ KAFKA_BROKERS: 'a:1,b:2', TOPIC: 'payments', CONSUMER_GROUP: 'group-score' },
              ...{ SOURCE_NAMESPACE: 'old', SOURCE_NAME: 'transactions' },
              DEAD_LETTER_SINK: `http://sinks/${NAMESPACE}/letters`,
            }).map(([name, value]) => ({ name, value })),
          },
        ],
      },
    },
  },
};

function clusterOf(...objects: readonly KubeObject[]) {
  return {
    list: async ({ kind }: KindRef) => objects.filter((object) => object.kind === kind),
    read: async ({ kind, name }: ObjectRef) =>
      objects.find((object) => object.kind === kind && object.metadata.name === name),
  };
}

it('finds all names by the KafkaSources, whatever they are called', async () => {
  const fraud = sourceOf('two', 'cases', 'notify');
  const cluster = clusterOf(sourceOf('one', 'payments', 'score'), fraud, letters);
  expect(await deployedLine(cluster, NAMESPACE)).toEqual({
    source: { namespace: NAMESPACE, name: 'one' },
    feeder: { ...knative, namespace: NAMESPACE, name: 'one' },
    ...{ brokers: ['kafka:9092'], topic: 'payments', group: 'group-score' },
    ...{ deadLetterTopic: 'given-up', fraudTopic: 'cases' },
  });
});

it('finds them by our own source of batches in its place', async () => {
  expect(await deployedLine(clusterOf(batches, letters), NAMESPACE)).toEqual({
    source: { namespace: 'old', name: 'transactions' },
    feeder: {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      namespace: NAMESPACE,
      name: 'transactions-source',
    },
    ...{ brokers: ['a:1', 'b:2'], topic: 'payments', group: 'group-score' },
    ...{ deadLetterTopic: 'given-up', fraudTopic: undefined },
  });
});

it('says that nothing delivers to score', async () => {
  await expect(deployedLine(clusterOf(letters), NAMESPACE)).rejects.toThrow(
    'no source in bank delivers to score',
  );
});
