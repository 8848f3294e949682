import type { Cluster } from './cluster.ts';
import { type KubeObject, listOf, type ObjectRef, refOf, textOf } from './kube-object.ts';

/** What feeds score and notify in a deployment, as its KafkaSources say it. */
export interface DeployedLine {
  /** Of score: its name is part of the ids of plain records. */
  readonly source: { readonly namespace: string; readonly name: string };
  /** As pods reach them. */
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly group: string;
  /** Undefined where the source has no dead-letter sink that is a KafkaSink. */
  readonly deadLetterTopic: string | undefined;
  /** Undefined where notify gets its events in another way. */
  readonly fraudTopic: string | undefined;
}

export const KAFKA_SOURCE = { apiVersion: 'sources.knative.dev/v1', kind: 'KafkaSource' } as const;
const KAFKA_SINK = { apiVersion: 'eventing.knative.dev/v1alpha1', kind: 'KafkaSink' } as const;

/** @throws Error in words when no KafkaSource of that namespace delivers to score. */
export async function deployedLine(
  cluster: Pick<Cluster, 'list' | 'read'>,
  namespace: string,
): Promise<DeployedLine> {
  const sources = await cluster.list(KAFKA_SOURCE, { namespace });
  const score = sources.find((source) => sinkOf(source) === 'score');
  if (score === undefined) {
    throw new Error(`no KafkaSource in ${namespace} delivers to score: name what it is by flags`);
  }
  const notify = sources.find((source) => sinkOf(source) === 'notify');
  const { name } = refOf(score);
  return {
    source: { namespace, name },
    brokers: listOf(score, 'spec', 'bootstrapServers').map(String),
    topic: topicOf(score) ?? name,
    group: textOf(score, 'spec', 'consumerGroup'),
    deadLetterTopic: await deadLetterTopicOf(cluster, namespace, score),
    fraudTopic: notify && topicOf(notify),
  };
}

function sinkOf(source: KubeObject): string {
  return textOf(source, 'spec', 'sink', 'ref', 'name');
}

function topicOf(source: KubeObject): string | undefined {
  const [topic] = listOf(source, 'spec', 'topics');
  return topic === undefined ? undefined : String(topic);
}

async function deadLetterTopicOf(
  cluster: Pick<Cluster, 'read'>,
  namespace: string,
  source: KubeObject,
): Promise<string | undefined> {
  const path = ['spec', 'delivery', 'deadLetterSink', 'ref'];
  const name = textOf(source, ...path, 'name');
  if (textOf(source, ...path, 'kind') !== 'KafkaSink') return undefined;
  const ref: ObjectRef = { ...KAFKA_SINK, name, namespace };
  return textOf(await cluster.read(ref), 'spec', 'topic') || undefined;
}
