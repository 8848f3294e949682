import { isOwnSource } from '../cluster/deploy-steps.ts';
import { fieldOf, listOf, textOf } from '../cluster/kube-object.ts';
import type { Resource } from './finding.ts';
import { settingOf } from './function-role.ts';
import { kafkaSinks, numberAt, ofKind, type Placed, resourceOf, type Setup } from './setup.ts';

/** What is known of a topic, from a broker or a manifest; absent: not said. */
export interface TopicFacts {
  readonly topic: string;
  readonly resource: Resource;
  readonly partitions?: number;
  /** Infinity: nothing is ever deleted. */
  readonly retentionMs?: number;
  readonly cleanupPolicy?: string;
}

/** Everything that is said of a topic, the broker's own words first. */
export function factsOfTopic(setup: Setup, topic: string): readonly TopicFacts[] {
  const asked = setup.topics.filter((facts) => facts.topic === topic);
  return [...asked, ...declared(setup).filter((facts) => facts.topic === topic)];
}

/** Undefined where nobody says. */
export function partitionsOf(setup: Setup, topic: string): number | undefined {
  return factsOfTopic(setup, topic).find(({ partitions }) => partitions !== undefined)?.partitions;
}

/** Of all topics together; undefined where it is not known of each. */
export function partitionsOfAll(setup: Setup, topics: readonly string[]): number | undefined {
  let sum = 0;
  for (const topic of topics) {
    const partitions = partitionsOf(setup, topic);
    if (partitions === undefined) return undefined;
    sum += partitions;
  }
  return topics.length === 0 ? undefined : sum;
}

/** The topics that a source reads, Knative's or the source of batches. */
export function topicsOf({ object }: Placed): readonly string[] {
  if (isOwnSource(object)) return [settingOf(object, 'TOPIC') ?? 'transactions'];
  return listOf(object, 'spec', 'topics').map(String);
}

function declared(setup: Setup): readonly TopicFacts[] {
  return [
    ...ofKind(setup, 'kafka.strimzi.io', 'KafkaTopic').map(ofKafkaTopic),
    ...ofKind(setup, 'batch', 'Job').flatMap(ofJob),
    ...kafkaSinks(setup).map((placed) => ({
      topic: textOf(placed.object, 'spec', 'topic'),
      resource: resourceOf(placed),
      ...withPartitions(numberAt(placed.object, 'spec', 'numPartitions')),
    })),
  ];
}

function ofKafkaTopic(placed: Placed): TopicFacts {
  const { object } = placed;
  const retentionMs = numberAt(object, 'spec', 'config', 'retention.ms');
  const cleanupPolicy = textOf(object, 'spec', 'config', 'cleanup.policy');
  return {
    topic: textOf(object, 'spec', 'topicName') || object.metadata.name,
    resource: resourceOf(placed),
    ...withPartitions(numberAt(object, 'spec', 'partitions')),
    ...(retentionMs !== undefined && { retentionMs: keptMs(retentionMs) }),
    ...(cleanupPolicy !== '' && { cleanupPolicy }),
  };
}

/** Kafka's own word for ever is -1. */
export function keptMs(retentionMs: number): number {
  return retentionMs < 0 ? Number.POSITIVE_INFINITY : retentionMs;
}

/** What `generate` is told to make: NAME:PARTITIONS[:REPLICAS], separated by commas. */
function ofJob(placed: Placed): readonly TopicFacts[] {
  const template = fieldOf(placed.object, 'spec', 'template', 'spec');
  const specs = listOf(template, 'containers')
    .flatMap((container) => listOf(container, 'env'))
    .filter((entry) => textOf(entry, 'name') === 'MAKE_TOPICS')
    .flatMap((entry) => textOf(entry, 'value').split(','));
  return specs.map((spec) => {
    const [topic = '', partitions = ''] = spec.trim().split(':');
    return {
      topic,
      resource: resourceOf(placed),
      ...withPartitions(Number(partitions) || undefined),
    };
  });
}

function withPartitions(partitions: number | undefined): { readonly partitions?: number } {
  return partitions === undefined ? {} : { partitions };
}
