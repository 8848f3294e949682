import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKafkaClient } from '#shared/kafka/kafka-client.ts';
import { createLog } from '#shared/log.ts';
import type { KubeObject } from '../../local/cluster/kube-object.ts';
import type { Finding } from '../../local/doctor/finding.ts';
import { objectsOf } from '../../local/doctor/read-manifests.ts';
import {
  clusterForTests,
  type OwnDeployment,
  ownDeployment,
  splitwatch,
  type TestCluster,
} from './cluster-for-tests.ts';

let on: TestCluster;

beforeAll(async () => {
  on = await clusterForTests();
});

/** What the doctor finds in a namespace, asking the broker too. */
async function findingsIn(namespace: string) {
  const where = ['--namespace', namespace, '--kafka', on.kafkaHere];
  const { exitCode, output } = await splitwatch('doctor', ...where, '--json');
  const line = output.trim().split('\n').at(-1) ?? '';
  const { findings, looked } = JSON.parse(line) as {
    findings: readonly Finding[];
    looked: Readonly<Record<string, number>>;
  };
  return { exitCode, findings, looked };
}

describe('our own deployment', () => {
  let own: OwnDeployment;

  beforeAll(async () => {
    own = ownDeployment(on, { isPersistent: true });
    const deployed = await splitwatch('deploy', ...own.flags, '--timeout', '4m');
    expect(deployed.exitCode).toBe(0);
  }, 300_000);

  afterAll(async () => {
    await splitwatch('clean', '--namespace', own.namespace, '--topics', '--yes');
  }, 240_000);

  it('gives no error', async () => {
    const { exitCode, findings, looked } = await findingsIn(own.namespace);
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(exitCode).toBe(0);
    expect(looked).toMatchObject({
      ...{ KafkaSource: 2, KafkaSink: 3, SinkBinding: 1, Service: 3 },
      ...{ StatefulSet: 1, topic: 2 },
    });
  });
});

describe('traps that were planted', () => {
  const id = `t${randomUUID().slice(0, 8)}`;
  const namespace = `splitwatch-${id}`;
  const topic = `${id}-transactions`;
  const home: KubeObject = {
    ...{ apiVersion: 'v1', kind: 'Namespace' },
    metadata: { name: namespace },
  };
  const kafka = () =>
    createKafkaClient({ brokers: [on.kafkaHere], log: createLog('doctor', 'silent') }).admin();

  beforeAll(async () => {
    const admin = kafka();
    await admin.connect();
    const configEntries = [{ name: 'retention.ms', value: '600000' }];
    await admin.createTopics({ topics: [{ topic, numPartitions: 1, configEntries }] });
    await admin.disconnect();
    await on.cluster.apply(home);
    for (const { object } of objectsOf('planted', planted(topic, on.kafka))) {
      const metadata = { ...object.metadata, namespace };
      await on.cluster.apply({ ...object, metadata });
    }
  }, 60_000);

  afterAll(async () => {
    await on.cluster.remove({ ...home, name: namespace });
    const admin = kafka();
    await admin.connect();
    await admin.deleteTopics({ topics: [topic] });
    await admin.disconnect();
  }, 60_000);

  it('are all named, with what to do', async () => {
    const { exitCode, findings } = await findingsIn(namespace);
    expect(exitCode).toBe(1);
    const named = findings
      .filter(({ trap }) => trap !== 'knative-too-old')
      .map(({ trap, resource }) => `${trap} ${resource.kind} ${resource.name}`);
    expect(named.sort()).toEqual([
      'consumers-above-partitions KafkaSource planted',
      'container-concurrency-0 Service score',
      'in-flight-below-target KafkaSource planted',
      'initial-offset-latest KafkaSource planted',
      'k-sink-unset Service score',
      'kafka-sink-missing SinkBinding planted',
      'no-dead-letter-sink KafkaSource planted',
      'random-consumer-group KafkaSource planted',
      'redis-does-not-persist Deployment planted-redis',
      'redis-evicts Deployment planted-redis',
      `retention-shorter-than-window topic ${topic}`,
      'retry-budget-over-poll-interval KafkaSource planted',
    ]);
    for (const { cure, resource } of findings) {
      expect(cure).not.toBe('');
      if (resource.kind !== 'topic') expect(resource).not.toHaveProperty('file');
    }
  });

  it('are told to people with the namespace that they are in', async () => {
    const { exitCode, output } = await splitwatch('doctor', '--namespace', namespace);
    expect(exitCode).toBe(1);
    expect(output).toContain(
      `KafkaSource planted (namespace ${namespace}): error no-dead-letter-sink\n`,
    );
    expect(output).toMatch(/\n\d+ errors, \d+ warnings? in \d+ resources\n$/);
  });
});

it('says that nothing is deployed in a namespace, exit code 2', async () => {
  const nowhere = `splitwatch-t${randomUUID().slice(0, 8)}`;
  const { exitCode, output } = await splitwatch('doctor', '--namespace', nowhere);
  expect(exitCode).toBe(2);
  expect(output).toContain(`nothing of Knative's is in namespace ${nowhere} of `);
});

/** Its pods need not run: what is said is looked at, not what is done. */
function planted(topic: string, broker: string): string {
  return `
apiVersion: sources.knative.dev/v1
kind: SinkBinding
metadata: {name: planted}
spec:
  subject: {apiVersion: serving.knative.dev/v1, kind: Service, name: nobody}
  sink: {ref: {apiVersion: eventing.knative.dev/v1alpha1, kind: KafkaSink, name: nowhere}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: planted-redis}
spec:
  replicas: 0
  selector: {matchLabels: {app: planted-redis}}
  template:
    metadata: {labels: {app: planted-redis}}
    spec:
      containers:
        - name: redis
          image: dev.local/redis:7
          args: [--maxmemory-policy, allkeys-lru, --save, "", --appendonly, "no"]
---
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: score}
spec:
  template:
    spec:
      containerConcurrency: 0
      containers:
        - image: dev.local/splitwatch-score:planted
          env: [{name: REDIS_URL, value: "redis://planted-redis:6379"}]
---
apiVersion: sources.knative.dev/v1
kind: KafkaSource
metadata: {name: planted}
spec:
  bootstrapServers: ["${broker}"]
  topics: [${topic}]
  consumers: 2
  sink: {ref: {apiVersion: serving.knative.dev/v1, kind: Service, name: score}}
`;
}
