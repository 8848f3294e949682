import { fieldOf, textOf } from '../cluster/kube-object.ts';
import { type Finding, finding } from './finding.ts';
import { kafkaSources, numberAt, type Placed, resourceOf, type Setup } from './setup.ts';
import { partitionsOfAll, topicsOf } from './topic-facts.ts';

/** What Knative puts in front of a group's name that it made up. */
const MADE_UP = /^knative-kafka-source-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Where a source begins to read, as whom, and by how many. */
export function lookAtReading(setup: Setup): readonly Finding[] {
  return kafkaSources(setup).flatMap((source) => [
    ...lookAtOffset(source),
    ...lookAtGroup(source),
    ...lookAtConsumers(setup, source),
  ]);
}

function lookAtOffset(source: Placed): readonly Finding[] {
  const offset = textOf(source.object, 'spec', 'initialOffset');
  if (offset !== '' && offset !== 'latest') return [];
  const what =
    offset === ''
      ? 'spec.initialOffset is not set, which means latest'
      : 'spec.initialOffset is latest';
  const cure = 'spec:\n  initialOffset: earliest';
  return [finding('initial-offset-latest', resourceOf(source), { what, cure })];
}

function lookAtGroup(source: Placed): readonly Finding[] {
  const { object } = source;
  const group = textOf(object, 'spec', 'consumerGroup');
  if (group !== '' && !MADE_UP.test(group)) return [];
  const fixed = `spec:\n  consumerGroup: splitwatch-${textOf(object, 'spec', 'sink', 'ref', 'name') || object.metadata.name}`;
  const what =
    group === ''
      ? 'spec.consumerGroup is not set: Knative makes one up'
      : `spec.consumerGroup is ${group}, which Knative made up`;
  const keep = `spec:\n  consumerGroup: ${group}`;
  const cure =
    group === ''
      ? fixed
      : `# write down the one that it has, since it cannot be changed:\n${keep}\n---\n` +
        `# or make the source anew under another name, which reads the topic again:\n${fixed}`;
  return [finding('random-consumer-group', resourceOf(source), { what, cure })];
}

function lookAtConsumers(setup: Setup, source: Placed): readonly Finding[] {
  const topics = topicsOf(source);
  const partitions = partitionsOfAll(setup, topics);
  const consumers = consumersOf(source);
  if (partitions === undefined || consumers <= partitions || isScaledByKeda(source)) return [];
  const named = topics.join(', ');
  const what = `spec.consumers is ${consumers}, and ${named} has ${partitions} partitions`;
  const cure =
    `spec:\n  consumers: ${partitions}\n# or more partitions, which cannot be taken back:\n` +
    `# kafka-topics.sh --bootstrap-server ${brokerOf(source)} --alter --topic ${topics[0]} ` +
    `--partitions ${consumers}`;
  return [finding('consumers-above-partitions', resourceOf(source), { what, cure })];
}

/** Knative's default is one. */
export function consumersOf({ object }: Placed): number {
  return numberAt(object, 'spec', 'consumers') ?? 1;
}

/** KEDA decides on the number, and knows the partitions itself. */
export function isScaledByKeda({ object }: Placed): boolean {
  const { annotations = {} } = object.metadata;
  return Object.entries(annotations).some(
    ([name, value]) =>
      /^autoscaling(?:\.eventing)?\.knative\.dev\/class$/.test(name) && /keda/.test(value),
  );
}

function brokerOf({ object }: Placed): string {
  const servers = fieldOf(object, 'spec', 'bootstrapServers');
  return Array.isArray(servers) && servers.length > 0 ? String(servers[0]) : 'HOST:PORT';
}
