import { expect, it } from 'vitest';
import { missingParts, missingWords } from './capabilities.ts';
import type { KindRef } from './kube-object.ts';

const SOURCE = { apiVersion: 'sources.knative.dev/v1', kind: 'KafkaSource' };
const SINK = { apiVersion: 'eventing.knative.dev/v1alpha1', kind: 'KafkaSink' };
const SERVICE = { apiVersion: 'serving.knative.dev/v1', kind: 'Service' };

it('says once what part is missing, with the kinds that it would bring and how to have it', () => {
  expect(missingWords([SOURCE, SINK])).toEqual([
    expect.stringMatching(
      /lacks Knative's Kafka source and sink \(.*KafkaSource, KafkaSink\): install both/,
    ),
  ]);
});

it.each([
  [SERVICE, /Knative Serving .*https:/],
  [{ apiVersion: 'sources.knative.dev/v1', kind: 'SinkBinding' }, /Knative Eventing .*https:/],
  [{ apiVersion: 'kafka.strimzi.io/v1', kind: 'KafkaTopic' }, /Strimzi/],
  [{ apiVersion: 'monitoring.coreos.com/v1', kind: 'ServiceMonitor' }, /Prometheus/],
  [{ apiVersion: 'x.example/v1', kind: 'Thing' }, /the API x\.example\/v1/],
])('knows where %j comes from', (kind, words) => {
  expect(missingWords([kind])).toEqual([expect.stringMatching(words)]);
});

it('asks the cluster once for each kind', async () => {
  const asked: KindRef[] = [];
  const cluster = {
    serves: async (kind: KindRef) => {
      asked.push(kind);
      return kind.kind !== 'KafkaSink';
    },
  };
  const objects = [SERVICE, SERVICE, SINK].map((kind) => ({ ...kind, metadata: { name: 'n' } }));
  expect(await missingParts(cluster, objects)).toHaveLength(1);
  expect(asked).toHaveLength(2);
});
