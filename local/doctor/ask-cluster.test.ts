import { describe, expect, it } from 'vitest';
import { ClusterError } from '../cluster/cluster.ts';
import type { KindRef, KubeObject } from '../cluster/kube-object.ts';
import { askCluster } from './ask-cluster.ts';
import { diagnose } from './diagnose.ts';
import { manifests, ownManifests, pick, setupOf } from './setup-fixtures.ts';

/** Answers as a cluster that holds these objects would; `refuse` says what it does not show. */
function clusterWith(
  objects: readonly KubeObject[],
  refuse: (kind: KindRef, namespace: string | undefined) => boolean = () => false,
) {
  const isOf = (object: KubeObject, { apiVersion, kind }: KindRef, namespace?: string) =>
    object.apiVersion === apiVersion &&
    object.kind === kind &&
    (namespace === undefined || object.metadata.namespace === namespace);
  return {
    about: 'test',
    list: async (kind: KindRef, { namespace }: { namespace?: string | undefined } = {}) => {
      if (refuse(kind, namespace)) throw new ClusterError(403, `${kind.kind} is forbidden`);
      return objects.filter((object) => isOf(object, kind, namespace));
    },
    read: async (ref: KindRef & { name: string; namespace?: string | undefined }) =>
      objects.find(
        (object) => isOf(object, ref, ref.namespace) && object.metadata.name === ref.name,
      ),
  };
}

async function ownDeployed(): Promise<KubeObject[]> {
  const objects = (await ownManifests()).map(({ object }) => object);
  return objects.map((object) => ({
    ...object,
    metadata: { ...object.metadata, namespace: 'here' },
  }));
}

it('finds nothing in our own deployment', async () => {
  const found = await askCluster(clusterWith(await ownDeployed()), 'here');
  expect(found.objects.length).toBeGreaterThan(8);
  expect(found.unchecked).toEqual([]);
  expect(diagnose(setupOf(found.objects)).findings).toEqual([]);
});

it('sees traps that were planted, and where', async () => {
  const objects = await ownDeployed();
  const placed = objects.map((object) => ({ object }));
  delete pick(placed, 'KafkaSource fraud').spec.delivery.deadLetterSink;
  const { findings } = diagnose(setupOf((await askCluster(clusterWith(objects), 'here')).objects));
  expect(findings).toMatchObject([
    {
      trap: 'no-dead-letter-sink',
      resource: { kind: 'KafkaSource', name: 'fraud', namespace: 'here' },
    },
  ]);
});

it('looks at topics, sinks and releases in other namespaces', async () => {
  const around = manifests(`
apiVersion: kafka.strimzi.io/v1beta2
kind: KafkaTopic
metadata: {name: transactions, namespace: kafka}
spec: {partitions: 2, config: {cleanup.policy: compact}}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: controller
  namespace: knative-serving
  labels: {app.kubernetes.io/name: knative-serving, app.kubernetes.io/version: 1.10.0}
---
apiVersion: eventing.knative.dev/v1alpha1
kind: KafkaSink
metadata: {name: far, namespace: far}
spec: {topic: far, contentMode: structured}
`).map(({ object }) => object);
  const objects = await ownDeployed();
  const { deadLetterSink } = pick(
    objects.map((object) => ({ object })),
    'KafkaSource fraud',
  ).spec.delivery;
  Object.assign(deadLetterSink.ref, { name: 'far', namespace: 'far' });
  const found = await askCluster(clusterWith([...objects, ...around]), 'here');
  expect(diagnose(setupOf(found.objects)).findings.map(({ trap }) => trap)).toEqual([
    ...['topic-compacts', 'consumers-above-partitions'],
    ...['kafka-sink-structured', 'knative-too-old'],
  ]);
});

describe('where Strimzi runs several Kafkas', () => {
  const strimzi = manifests(
    ['my-cluster', 'other']
      .map(
        (cluster) => `
apiVersion: kafka.strimzi.io/v1
kind: KafkaTopic
metadata: {name: transactions, namespace: kafka, labels: {strimzi.io/cluster: ${cluster}}}
spec: {partitions: 6, config: {cleanup.policy: ${cluster === 'other' ? 'compact' : 'delete'}}}`,
      )
      .join('\n---'),
  ).map(({ object }) => object);

  async function look(bootstrapServer: string) {
    const objects = await ownDeployed();
    for (const name of ['transactions', 'fraud']) {
      const placed = objects.map((object) => ({ object }));
      pick(placed, `KafkaSource ${name}`).spec.bootstrapServers = [bootstrapServer];
    }
    const found = await askCluster(clusterWith([...objects, ...strimzi]), 'here');
    const { findings } = diagnose(setupOf(found.objects));
    return { traps: findings.map(({ trap }) => trap), unchecked: found.unchecked };
  }

  it('looks at the topics of the one that is read', async () => {
    const ours = await look('my-cluster-kafka-bootstrap.kafka.svc:9092');
    expect(ours).toEqual({ traps: [], unchecked: [] });
    const others = await look('other-kafka-bootstrap.kafka:9092');
    expect(others).toEqual({ traps: ['topic-compacts'], unchecked: [] });
  });

  it('says that it cannot tell which one is read', async () => {
    const { traps, unchecked } = await look('kafka.example.com:9092');
    expect(traps).toEqual([]);
    expect(unchecked).toEqual([expect.stringContaining('it has several Kafkas here')]);
  });
});

it('lists what it may not see, and goes on', async () => {
  const cluster = clusterWith(await ownDeployed(), (_kind, namespace) => namespace !== 'here');
  const found = await askCluster(cluster, 'here');
  expect(found.unchecked).toEqual([
    'the releases in knative-serving: Deployment is forbidden',
    'the releases in knative-eventing: Deployment is forbidden',
    'the topics of Strimzi: KafkaTopic is forbidden',
  ]);
  expect(diagnose(setupOf(found.objects)).findings).toEqual([]);
});

it('says that nothing is deployed in a namespace', async () => {
  await expect(askCluster(clusterWith(await ownDeployed()), 'there')).rejects.toThrow(
    "nothing of Knative's is in namespace there of test",
  );
});
