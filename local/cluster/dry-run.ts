import { missingParts } from './capabilities.ts';
import { type Change, type Cluster, ClusterError } from './cluster.ts';
import { marked } from './inventory.ts';
import { keepSecrets } from './kept-secrets.ts';
import { type KubeObject, type ObjectRef, refOf, showRef } from './kube-object.ts';
import { StepFailure } from './step-failure.ts';

export type Planned = ObjectRef & { readonly change: Change };

/**
 * What applying would do, as the cluster itself says without doing it: its admission and its
 * schemas included. @throws StepFailure with all that it refuses.
 */
export async function dryRun(
  cluster: Cluster,
  namespace: string,
  objects: readonly KubeObject[],
): Promise<readonly Planned[]> {
  const refused = [...(await missingParts(cluster, objects))];
  if (refused.length > 0) throw new StepFailure('the cluster is not ready for this', refused, []);
  const own = await keepSecrets(
    cluster,
    objects.map((object) => marked(object, namespace)),
    new Set(),
  );
  const home = { apiVersion: 'v1', kind: 'Namespace', name: namespace };
  const isThere = (await cluster.read(home)) !== undefined;
  const planned: Planned[] = isThere ? [] : [{ ...home, change: 'created' }];
  for (const object of own) {
    const ref = refOf(object);
    if (!isThere) {
      // Nothing can be asked about a namespace that is not there yet.
      planned.push({ ...ref, change: 'created' });
      continue;
    }
    try {
      planned.push({ ...ref, change: await cluster.apply(object, { isDryRun: true }) });
    } catch (error) {
      if (!(error instanceof ClusterError)) throw error;
      refused.push(`${showRef(ref)}: ${error.message}`);
    }
  }
  if (refused.length === 0) return planned;
  throw new StepFailure('the cluster would refuse it', refused, ['change the values']);
}
