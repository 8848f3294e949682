import { type KubeObject, listOf } from '../cluster/kube-object.ts';

const CLUSTER_LABEL = 'strimzi.io/cluster';
/** The Service that Strimzi makes: CLUSTER-kafka-bootstrap.NAMESPACE.svc:9092. */
const BOOTSTRAP = /^([^.]+)-kafka-(?:bootstrap|brokers)(?:\.([^.:]+))?/;

/**
 * Of Strimzi's objects those that belong to the brokers that the sources read. Other Kafkas of the
 * cluster may have topics of the same names. Undefined where the addresses do not tell.
 */
export function ofOurKafka(
  strimzi: readonly KubeObject[],
  sources: readonly KubeObject[],
): readonly KubeObject[] | undefined {
  const homes = new Set(strimzi.map(homeOf));
  if (homes.size <= 1) return strimzi;
  const ours = new Set<string>();
  for (const { spec, metadata } of sources) {
    for (const server of listOf(spec, 'bootstrapServers')) {
      const [, cluster, namespace = metadata.namespace] = BOOTSTRAP.exec(String(server)) ?? [];
      if (cluster === undefined) return undefined;
      ours.add(`${namespace}/${cluster}`);
    }
  }
  return strimzi.filter((object) => ours.has(homeOf(object)));
}

function homeOf({ kind, metadata }: KubeObject): string {
  const { name, namespace = '', labels = {} } = metadata;
  return `${namespace}/${kind === 'Kafka' ? name : (labels[CLUSTER_LABEL] ?? '')}`;
}
