import { isOwnSource } from '../cluster/deploy-steps.ts';
import { groupOf, listOf, textOf } from '../cluster/kube-object.ts';
import { type Finding, finding } from './finding.ts';
import { settingOf } from './function-role.ts';
import { numberAt, type Placed, resourceOf, type Setup } from './setup.ts';
import { partitionsOfAll, topicsOf } from './topic-facts.ts';

/** The source of batches that stands in a KafkaSource's place: a Deployment of ours. */
export function ownSources(setup: Pick<Setup, 'objects'>): readonly Placed[] {
  return setup.objects.filter(
    ({ object }) => isOwnSource(object) && groupOf(object.apiVersion) === 'apps',
  );
}

/** Where it begins to read, by how many, and where its dead letters go. */
export function lookAtOwnSources(setup: Setup): readonly Finding[] {
  return ownSources(setup).flatMap((source) => [
    ...lookAtOffset(source),
    ...lookAtLetters(source),
    ...lookAtReplicas(setup, source),
  ]);
}

function lookAtOffset(source: Placed): readonly Finding[] {
  if (settingOf(source.object, 'INITIAL_OFFSET') !== 'latest') return [];
  const what = 'INITIAL_OFFSET is latest';
  const cure = settingCure(source, 'INITIAL_OFFSET', 'earliest');
  return [finding('initial-offset-latest', resourceOf(source), { what, cure })];
}

/** It refuses to start without one; one that nobody listens at keeps it from reading. */
function lookAtLetters(source: Placed): readonly Finding[] {
  if (settingOf(source.object, 'DEAD_LETTER_SINK') !== undefined) return [];
  const { namespace = 'NAMESPACE' } = source.object.metadata;
  const host = 'kafka-sink-ingress.knative-eventing.svc.cluster.local';
  const url = `http://${host}/${namespace}/${topicsOf(source)[0] ?? 'transactions'}-dlq`;
  const cure = settingCure(source, 'DEAD_LETTER_SINK', url);
  const what = 'DEAD_LETTER_SINK is not set: it does not start';
  return [finding('no-dead-letter-sink', resourceOf(source), { what, cure })];
}

function lookAtReplicas(setup: Setup, source: Placed): readonly Finding[] {
  const topics = topicsOf(source);
  const partitions = partitionsOfAll(setup, topics);
  const replicas = numberAt(source.object, 'spec', 'replicas') ?? 1;
  if (partitions === undefined || replicas <= partitions) return [];
  const what = `spec.replicas is ${replicas}, and ${topics.join(', ')} has ${partitions} partitions`;
  const cure = `spec:\n  replicas: ${partitions}`;
  return [finding('consumers-above-partitions', resourceOf(source), { what, cure })];
}

/** As `kubectl apply --server-side` takes it: it leaves the other settings alone. */
function settingCure({ object }: Placed, name: string, value: string): string {
  const container = listOf(object, 'spec', 'template', 'spec', 'containers')[0];
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${object.metadata.name}
spec:
  template:
    spec:
      containers:
        - name: ${textOf(container, 'name') || 'source'}
          env:
            - name: ${name}
              value: ${value}`;
}
