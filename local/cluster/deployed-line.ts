import type { Cluster } from './cluster.ts';
import { isOwnSource, settingsOf } from './deploy-steps.ts';
import { type KubeObject, listOf, type ObjectRef, refOf, textOf } from './kube-object.ts';

/** What feeds score and notify in a deployment, as its sources say it. */
export interface DeployedLine {
  /** Of score: its name is part of the ids of plain records. */
  readonly source: { readonly namespace: string; readonly name: string };
  /** What delivers to score: a KafkaSource, or the Deployment of ours in its place. */
  readonly feeder: ObjectRef;
  /** As pods reach them. */
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly group: string;
  /** Undefined where the source has no dead-letter sink that is a KafkaSink. */
  readonly deadLetterTopic: string | undefined;
  /** Undefined where notify gets its events in another way. */
  readonly fraudTopic: string | undefined;
}

const DEPLOYMENT = { apiVersion: 'apps/v1', kind: 'Deployment' } as const;
const KAFKA_SOURCE = { apiVersion: 'sources.knative.dev/v1', kind: 'KafkaSource' } as const;
const KAFKA_SINK = { apiVersion: 'eventing.knative.dev/v1alpha1', kind: 'KafkaSink' } as const;

/** @throws Error in words when no source of that namespace delivers to score. */
export async function deployedLine(
  cluster: Pick<Cluster, 'list' | 'read'>,
  namespace: string,
): Promise<DeployedLine> {
  const sources = await cluster.list(KAFKA_SOURCE, { namespace });
  const score = sources.find((source) => sinkOf(source) === 'score');
  const notify = sources.find((source) => sinkOf(source) === 'notify');
  const fraudTopic = notify && topicOf(notify);
  if (score !== undefined) {
    return { ...(await byKafkaSource(cluster, namespace, score)), fraudTopic };
  }
  const own = (await cluster.list(DEPLOYMENT, { namespace })).find(isOwnSource);
  if (own !== undefined) return { ...(await byOwnSource(cluster, namespace, own)), fraudTopic };
  throw new Error(`no source in ${namespace} delivers to score: name what it is by flags`);
}

type Feeding = Omit<DeployedLine, 'fraudTopic'>;

async function byKafkaSource(
  cluster: Pick<Cluster, 'read'>,
  namespace: string,
  source: KubeObject,
): Promise<Feeding> {
  const { name } = refOf(source);
  const letters = ['spec', 'delivery', 'deadLetterSink', 'ref'];
  const isKafka = textOf(source, ...letters, 'kind') === 'KafkaSink';
  const sink = isKafka ? textOf(source, ...letters, 'name') : '';
  return {
    source: { namespace, name },
    feeder: { ...KAFKA_SOURCE, namespace, name },
    brokers: listOf(source, 'spec', 'bootstrapServers').map(String),
    topic: topicOf(source) ?? name,
    group: textOf(source, 'spec', 'consumerGroup'),
    deadLetterTopic: await topicOfSink(cluster, namespace, sink),
  };
}

async function byOwnSource(
  cluster: Pick<Cluster, 'read'>,
  namespace: string,
  source: KubeObject,
): Promise<Feeding> {
  const settings = settingsOf(source);
  const { TOPIC = 'transactions', SOURCE_NAME = 'transactions' } = settings;
  // The address of a KafkaSink ends in /NAMESPACE/NAME.
  const [, home = '', sink = ''] =
    /\/([^/]+)\/([^/]+)$/.exec(settings.DEAD_LETTER_SINK ?? '') ?? [];
  return {
    source: { namespace: settings.SOURCE_NAMESPACE ?? namespace, name: SOURCE_NAME },
    feeder: { ...DEPLOYMENT, namespace, name: refOf(source).name },
    brokers: (settings.KAFKA_BROKERS ?? '').split(','),
    topic: TOPIC,
    group: settings.CONSUMER_GROUP ?? '',
    deadLetterTopic: await topicOfSink(cluster, home, sink),
  };
}

function sinkOf(source: KubeObject): string {
  return textOf(source, 'spec', 'sink', 'ref', 'name');
}

function topicOf(source: KubeObject): string | undefined {
  const [topic] = listOf(source, 'spec', 'topics');
  return topic === undefined ? undefined : String(topic);
}

async function topicOfSink(
  cluster: Pick<Cluster, 'read'>,
  namespace: string,
  name: string,
): Promise<string | undefined> {
  if (name === '') return undefined;
  return (
    textOf(await cluster.read({ ...KAFKA_SINK, name, namespace }), 'spec', 'topic') || undefined
  );
}
