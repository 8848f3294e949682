import type { Cluster } from './cluster.ts';
import { MANAGED_BY } from './inventory.ts';
import { type KindRef, type KubeObject, keyOf, type ObjectRef, refOf } from './kube-object.ts';

/** On whatever we make and whatever is made of it: pods, revisions, deployments. */
const NAME_LABEL = { 'app.kubernetes.io/name': 'splitwatch' } as const;
const CLAIM = { apiVersion: 'v1', kind: 'PersistentVolumeClaim' } as const;

/** What passes by itself and belongs to no one. */
const PASSING = new Set(['Event', 'Lease', 'PodMetrics']);

/**
 * Everything in the namespace that deploy made, or that was made of it, found by its labels among
 * all kinds that the cluster has. What is Helm's own is not looked at; what is owned by another
 * object, and goes with it, may be left out.
 */
export async function findLeft(
  cluster: Cluster,
  namespace: string,
  { kinds, withOwned = true }: { kinds?: readonly KindRef[]; withOwned?: boolean } = {},
): Promise<readonly ObjectRef[]> {
  const all = (kinds ?? (await cluster.listableKinds())).filter(({ kind }) => !PASSING.has(kind));
  const found = new Map<string, ObjectRef>();
  await Promise.all(
    all.flatMap((kind) =>
      [MANAGED_BY, NAME_LABEL].map(async (labels) => {
        const objects = await cluster.list(kind, { namespace, labels });
        for (const object of objects) {
          if (isHelms(object) || kind.kind === CLAIM.kind) continue;
          if (!withOwned && isOwned(object)) continue;
          found.set(keyOf(refOf(object)), refOf(object));
        }
      }),
    ),
  );
  return [...found.values()];
}

/** Claims of volumes that hold our state. */
export async function findVolumes(
  cluster: Pick<Cluster, 'list'>,
  namespace: string,
): Promise<readonly ObjectRef[]> {
  const claims = await cluster.list(CLAIM, { namespace, labels: NAME_LABEL });
  return claims.filter((claim) => !isHelms(claim)).map(refOf);
}

/** Made of another object, with which it goes. */
function isOwned({ metadata }: KubeObject): boolean {
  return (metadata.ownerReferences?.length ?? 0) > 0;
}

/** Installed by helm itself, with another command than ours. */
function isHelms({ metadata }: KubeObject): boolean {
  return metadata.labels?.['app.kubernetes.io/managed-by'] === 'Helm';
}
