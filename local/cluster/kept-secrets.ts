import type { Cluster } from './cluster.ts';
import { MANAGED_BY } from './inventory.ts';
import { fieldOf, type KubeObject, refOf } from './kube-object.ts';

/**
 * The objects with each Secret's values as the cluster has them, where we made that Secret: a chart
 * that is rendered again makes up other passwords, and deploying again must change nothing.
 * `names` are the keys that were not made up, but given: those are set anew.
 */
export async function keepSecrets(
  cluster: Pick<Cluster, 'read'>,
  objects: readonly KubeObject[],
  given: ReadonlySet<string>,
): Promise<readonly KubeObject[]> {
  return Promise.all(
    objects.map(async (object) => {
      if (object.kind !== 'Secret' || given.has(object.metadata.name)) return object;
      const known = await cluster.read(refOf(object));
      return known === undefined ? object : withKnownData(object, known);
    }),
  );
}

/** Only what we made is kept; another's Secret of that name is left to the API to refuse. */
export function withKnownData(secret: KubeObject, known: KubeObject): KubeObject {
  const [[label, value]] = Object.entries(MANAGED_BY) as [[string, string]];
  if (known.metadata.labels?.[label] !== value) return secret;
  const data = { ...(secret.data as Record<string, string>) };
  for (const name of Object.keys(data)) {
    const text = fieldOf(known, 'data', name);
    if (typeof text === 'string') data[name] = text;
  }
  return { ...secret, data };
}
