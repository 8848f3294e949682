import { groupOf, type KubeObject, listOf, textOf } from './kube-object.ts';

/** The phases and steps of a deployment, as `createPlan` takes them, in the order of the tree. */
export const DEPLOY_PLAN = {
  dependencies: ['topics', 'redis'],
  functions: ['score', 'notify', 'generate'],
  eventing: ['sinks', 'binding', 'sources'],
  verify: ['probe'],
} as const;

export type StepName =
  | 'topics'
  | 'redis'
  | 'score'
  | 'notify'
  | 'generate'
  | 'sinks'
  | 'binding'
  | 'sources';

/** What stands before every step: namespace, accounts, secrets, settings, who may talk to whom. */
export type Placement = StepName | 'first';

export const COMPONENT_LABEL = 'app.kubernetes.io/component';
/** Component of the source of batches: its Deployment, pods and binding. */
export const OWN_SOURCE = 'source';

/** The step that an object belongs to: decided by its kind, then by its component label. */
export function placementOf(object: KubeObject): Placement {
  const { apiVersion, kind, metadata } = object;
  const group = groupOf(apiVersion);
  const component = metadata.labels?.[COMPONENT_LABEL] ?? '';
  if (group === 'serving.knative.dev') return functionOf(component, metadata.name);
  if (component === OWN_SOURCE) return 'sources';
  if (kind === 'KafkaSink') return 'sinks';
  if (kind === 'SinkBinding') return 'binding';
  if (group === 'sources.knative.dev') return 'sources';
  if (kind === 'KafkaTopic' || kind === 'Job') return 'topics';
  if (kind === 'StatefulSet' || kind === 'Deployment') return 'redis';
  if (kind === 'Service' && component === 'redis') return 'redis';
  return 'first';
}

function functionOf(component: string, name: string): StepName {
  for (const step of DEPLOY_PLAN.functions) {
    if (component === step || name === step || name.endsWith(`-${step}`)) return step;
  }
  throw new Error(`the Knative Service ${name} is none of score, notify and generate`);
}

/** Kinds that others need, soonest first; the rest comes after them in its own order. */
const FIRST_KINDS = [
  'Namespace',
  'ServiceAccount',
  'Secret',
  'ConfigMap',
  'Role',
  'RoleBinding',
  'NetworkPolicy',
];

/** The objects of each step, and those before all; each list in the order of applying. */
export function placeObjects(
  objects: readonly KubeObject[],
): Readonly<Record<Placement, readonly KubeObject[]>> {
  const placed: Record<Placement, KubeObject[]> = {
    ...{ first: [], topics: [], redis: [], score: [], notify: [], generate: [] },
    ...{ sinks: [], binding: [], sources: [] },
  };
  for (const object of objects) placed[placementOf(object)].push(object);
  const rank = ({ kind }: KubeObject): number => {
    const index = FIRST_KINDS.indexOf(kind);
    return index < 0 ? FIRST_KINDS.length : index;
  };
  placed.first.sort((a, b) => rank(a) - rank(b));
  return placed;
}

/** True for the Deployment that stands in a KafkaSource's place. */
export function isOwnSource({ kind, metadata }: KubeObject): boolean {
  return kind === 'Deployment' && metadata.labels?.[COMPONENT_LABEL] === OWN_SOURCE;
}

/** What its first container is told, but for what comes from Secrets. */
export function settingsOf(object: KubeObject): Readonly<Record<string, string>> {
  const container = listOf(object, 'spec', 'template', 'spec', 'containers')[0];
  const entries = listOf(container, 'env').map((one) => [
    textOf(one, 'name'),
    textOf(one, 'value'),
  ]);
  return Object.fromEntries(entries);
}

/** Kafka's names and addresses as the sources and sinks say them: what is to be cleaned up. */
export interface KafkaNames {
  readonly brokers: readonly string[];
  readonly topics: readonly string[];
  readonly groups: readonly { readonly group: string; readonly topic: string }[];
}

export function kafkaNamesOf(objects: readonly KubeObject[]): KafkaNames {
  const brokers = new Set<string>();
  const topics = new Set<string>();
  const groups = new Map<string, string>();
  for (const object of objects) {
    if (isOwnSource(object)) {
      const { KAFKA_BROKERS = '', TOPIC = '', CONSUMER_GROUP = '' } = settingsOf(object);
      for (const broker of KAFKA_BROKERS.split(',')) brokers.add(broker);
      topics.add(TOPIC);
      groups.set(CONSUMER_GROUP, TOPIC);
    }
    if (object.kind !== 'KafkaSource' && object.kind !== 'KafkaSink') continue;
    for (const broker of listOf(object, 'spec', 'bootstrapServers')) brokers.add(String(broker));
    const own = listOf(object, 'spec', 'topics').map(String);
    for (const topic of own) topics.add(topic);
    const sinkTopic = textOf(object, 'spec', 'topic');
    if (sinkTopic !== '') topics.add(sinkTopic);
    const group = textOf(object, 'spec', 'consumerGroup');
    if (group !== '') groups.set(group, own[0] ?? '');
  }
  return {
    brokers: [...brokers],
    topics: [...topics],
    groups: [...groups].map(([group, topic]) => ({ group, topic })),
  };
}
