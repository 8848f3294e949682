import type { Cluster } from './cluster.ts';
import { groupOf, type KindRef, type KubeObject } from './kube-object.ts';

/** What a cluster must have for a kind, and where it comes from. */
interface Part {
  readonly group: RegExp;
  readonly name: string;
  readonly cure: string;
}

const PARTS: readonly Part[] = [
  {
    group: /^serving\.knative\.dev$/,
    name: 'Knative Serving',
    cure: 'install it: https://knative.dev/docs/install/yaml-install/serving/',
  },
  {
    group: /^(?:sources|eventing)\.knative\.dev$/,
    name: 'Knative Eventing',
    cure: 'install it: https://knative.dev/docs/install/yaml-install/eventing/',
  },
  {
    group: /^kafka\.strimzi\.io$/,
    name: 'Strimzi, the operator of Kafka',
    cure: 'install it, or let a Job make the topics (see the values)',
  },
  {
    group: /^monitoring\.coreos\.com$/,
    name: 'the Prometheus operator',
    cure: 'install it, or leave the ServiceMonitor out (see the values)',
  },
];

const KAFKA: Omit<Part, 'group'> = {
  name: "Knative's Kafka source and sink",
  cure: 'install both: https://knative.dev/docs/eventing/sources/kafka-source/',
};

/**
 * What the cluster lacks for these objects, one sentence for each missing part; empty when it has
 * all. Looked at before anything is changed.
 */
export async function missingParts(
  cluster: Pick<Cluster, 'serves'>,
  objects: readonly KubeObject[],
): Promise<readonly string[]> {
  const kinds = new Map<string, KindRef>();
  for (const { apiVersion, kind } of objects)
    kinds.set(`${apiVersion} ${kind}`, { apiVersion, kind });
  const lacking: KindRef[] = [];
  for (const kind of kinds.values()) if (!(await cluster.serves(kind))) lacking.push(kind);
  return missingWords(lacking);
}

/** The sentences for kinds that a cluster does not know. */
export function missingWords(lacking: readonly KindRef[]): readonly string[] {
  const byPart = new Map<string, { cure: string; kinds: string[] }>();
  for (const kind of lacking) {
    const { name, cure } = partOf(kind);
    const entry = byPart.get(name) ?? { cure, kinds: [] };
    entry.kinds.push(kind.kind);
    byPart.set(name, entry);
  }
  return [...byPart].map(
    ([name, { cure, kinds }]) =>
      `the cluster lacks ${name} (it does not know ${kinds.join(', ')}): ${cure}`,
  );
}

function partOf({ apiVersion, kind }: KindRef): Omit<Part, 'group'> {
  const group = groupOf(apiVersion);
  if (group.endsWith('knative.dev') && kind.startsWith('Kafka')) return KAFKA;
  return (
    PARTS.find((part) => part.group.test(group)) ?? {
      name: `the API ${apiVersion}`,
      cure: 'install what serves it, or leave it out in the values',
    }
  );
}
