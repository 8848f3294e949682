import { type Cluster, ClusterError } from '../cluster/cluster.ts';
import { COMPONENT_LABEL, OWN_SOURCE } from '../cluster/deploy-steps.ts';
import type { KindRef, KubeObject } from '../cluster/kube-object.ts';
import { SOURCE_CONFIG } from './poll-interval.ts';
import { isRedisWorkload } from './redis-workload.ts';
import {
  kafkaSources,
  ofKind,
  type Placed,
  type Reference,
  referenceAt,
  resolve,
  type Setup,
} from './setup.ts';
import { ofOurKafka } from './strimzi-home.ts';

type Asked = Pick<Cluster, 'about' | 'list' | 'read'>;

export interface FoundInCluster {
  readonly objects: readonly Placed[];
  readonly unchecked: readonly string[];
}

/** Of Knative's own kinds the newest version that the cluster serves is read. */
const OWN: readonly (readonly KindRef[])[] = [
  [
    { apiVersion: 'sources.knative.dev/v1', kind: 'KafkaSource' },
    { apiVersion: 'sources.knative.dev/v1beta1', kind: 'KafkaSource' },
  ],
  [{ apiVersion: 'eventing.knative.dev/v1alpha1', kind: 'KafkaSink' }],
  [{ apiVersion: 'sources.knative.dev/v1', kind: 'SinkBinding' }],
  [{ apiVersion: 'serving.knative.dev/v1', kind: 'Service' }],
];
const WORKLOADS: readonly KindRef[] = [
  { apiVersion: 'apps/v1', kind: 'StatefulSet' },
  { apiVersion: 'apps/v1', kind: 'Deployment' },
];
const DEPLOYMENT: KindRef = { apiVersion: 'apps/v1', kind: 'Deployment' };
const ownSourceIn = (namespace: string) => ({
  namespace,
  labels: { [COMPONENT_LABEL]: OWN_SOURCE },
});
/** They stand where the operator looks for them. */
const STRIMZI_KINDS = ['KafkaTopic', 'Kafka'];
const STRIMZI_VERSIONS = ['kafka.strimzi.io/v1', 'kafka.strimzi.io/v1beta2'];
const WHICH_KAFKA =
  'the topics of Strimzi: it has several Kafkas here; --kafka asks the one that is read';
const KNATIVE_NAMESPACES = ['knative-serving', 'knative-eventing'];

/**
 * What a namespace has of ours, and what of the rest of the cluster it hangs on.
 * @throws ClusterError when the cluster does not answer or does not let us look; Error when
 * nothing is deployed there.
 */
export async function askCluster(cluster: Asked, namespace: string): Promise<FoundInCluster> {
  const own = await Promise.all(OWN.map((kinds) => firstServed(cluster, kinds, namespace)));
  const objects = own.flat();
  if (objects.length === 0) {
    throw new Error(
      `nothing of Knative's is in namespace ${namespace} of ${cluster.about}: name it by --namespace`,
    );
  }
  const unchecked: string[] = [];
  const unlessForbidden = async (
    what: string,
    asking: Promise<readonly KubeObject[]>,
  ): Promise<readonly KubeObject[]> => {
    try {
      return await asking;
    } catch (error) {
      if (!(error instanceof ClusterError) || error.status !== 403) throw error;
      unchecked.push(`${what}: ${error.message}`);
      return [];
    }
  };
  const around = await Promise.all([
    unlessForbidden('Redis in the namespace', redisIn(cluster, namespace)),
    unlessForbidden('the source of batches', cluster.list(DEPLOYMENT, ownSourceIn(namespace))),
    ...KNATIVE_NAMESPACES.map((place) =>
      unlessForbidden(`the releases in ${place}`, knativeIn(cluster, place)),
    ),
    unlessForbidden("the sources' poll interval", readAll(cluster, [SOURCE_CONFIG])),
  ]);
  const strimzi = await unlessForbidden('the topics of Strimzi', strimziIn(cluster));
  const ours = ofOurKafka(
    strimzi,
    objects.filter(({ kind }) => kind === 'KafkaSource'),
  );
  if (ours === undefined) unchecked.push(WHICH_KAFKA);
  const placed = [...objects, ...around.flat(), ...(ours ?? [])].map(
    (object): Placed => ({ object }),
  );
  const elsewhere = await readAll(cluster, sinksElsewhere(placed));
  return { objects: [...placed, ...elsewhere.map((object): Placed => ({ object }))], unchecked };
}

async function firstServed(
  cluster: Asked,
  kinds: readonly KindRef[],
  namespace?: string,
): Promise<readonly KubeObject[]> {
  for (const kind of kinds) {
    const found = await cluster.list(kind, { namespace });
    if (found.length > 0) return found;
  }
  return [];
}

async function redisIn(cluster: Asked, namespace: string): Promise<readonly KubeObject[]> {
  const all = await Promise.all(WORKLOADS.map((kind) => cluster.list(kind, { namespace })));
  const redis = all.flat().filter(isRedisWorkload);
  if (redis.length === 0) return [];
  // One of them may hold its settings.
  return [
    ...redis,
    ...(await cluster.list({ apiVersion: 'v1', kind: 'ConfigMap' }, { namespace })),
  ];
}

async function strimziIn(cluster: Asked): Promise<readonly KubeObject[]> {
  const all = STRIMZI_KINDS.map((kind) =>
    firstServed(
      cluster,
      STRIMZI_VERSIONS.map((apiVersion) => ({ apiVersion, kind })),
    ),
  );
  return (await Promise.all(all)).flat();
}

async function knativeIn(cluster: Asked, namespace: string): Promise<readonly KubeObject[]> {
  const deployments = await cluster.list(
    { apiVersion: 'apps/v1', kind: 'Deployment' },
    { namespace },
  );
  return deployments.filter(({ metadata }) => /controller$/.test(metadata.name));
}

/** KafkaSinks that ours name in other namespaces. */
function sinksElsewhere(objects: readonly Placed[]): readonly Reference[] {
  const setup: Setup = { objects, topics: [], redis: [] };
  const references = [
    ...ofKind(setup, 'sources.knative.dev', 'SinkBinding').map((binding) =>
      referenceAt(binding, 'spec', 'sink', 'ref'),
    ),
    ...kafkaSources(setup).map((source) =>
      referenceAt(source, 'spec', 'delivery', 'deadLetterSink', 'ref'),
    ),
  ];
  return references.filter(
    (reference): reference is Reference =>
      reference?.kind === 'KafkaSink' && resolve(setup, reference) === undefined,
  );
}

async function readAll(
  cluster: Asked,
  references: readonly Reference[],
): Promise<readonly KubeObject[]> {
  const found = await Promise.all(references.map((reference) => cluster.read(reference)));
  return found.filter((object) => object !== undefined);
}
