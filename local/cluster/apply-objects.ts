import { setTimeout as sleep } from 'node:timers/promises';
import { type Change, type Cluster, ClusterError } from './cluster.ts';
import { type KubeObject, type ObjectRef, refOf, showRef } from './kube-object.ts';
import { StepFailure } from './step-failure.ts';

export interface Applied {
  readonly ref: ObjectRef;
  readonly change: Change;
}

/**
 * Applies the objects one after another. @throws StepFailure that names the one that was refused.
 */
export async function applyObjects(
  cluster: Cluster,
  objects: readonly KubeObject[],
): Promise<readonly Applied[]> {
  const applied: Applied[] = [];
  for (const object of objects) {
    const ref = refOf(object);
    try {
      applied.push({ ref, change: await applyOne(cluster, object) });
    } catch (error) {
      if (!(error instanceof ClusterError)) throw error;
      throw new StepFailure(`${showRef(ref)} was refused`, [error.message], [cureOf(error)]);
    }
  }
  return applied;
}

/** How often and how long to wait where an admission webhook is just starting or moving. */
const WEBHOOK_TRIES = 10;
const WEBHOOK_WAIT_MS = 1000;

async function applyOne(cluster: Cluster, object: KubeObject): Promise<Change> {
  for (let tries = 1; ; tries++) {
    try {
      return await cluster.apply(object);
    } catch (error) {
      if (!(error instanceof ClusterError)) throw error;
      if (isFrozen(object, error)) return replace(cluster, object);
      if (!isPassing(error) || tries >= WEBHOOK_TRIES) throw error;
      await sleep(WEBHOOK_WAIT_MS);
    }
  }
}

/** What a Job does cannot be changed: the old one has ended or is of no use, a new one is made. */
function isFrozen({ kind }: KubeObject, { status, message }: ClusterError): boolean {
  return kind === 'Job' && status === 422 && /immutable/i.test(message);
}

async function replace(cluster: Cluster, object: KubeObject): Promise<Change> {
  const ref = refOf(object);
  await cluster.remove(ref);
  while ((await cluster.read(ref)) !== undefined) await sleep(200);
  await cluster.apply(object);
  return 'changed';
}

function isPassing({ status, message }: ClusterError): boolean {
  return status === 0 || status === 429 || (status >= 500 && /webhook|timeout|etcd/i.test(message));
}

function cureOf({ status }: ClusterError): string {
  if (status === 401) return 'log in to the cluster anew; KUBECONFIG is not accepted any more';
  if (status === 403) return 'ask for the rights to make these objects in this namespace';
  if (status === 404) return 'see what the cluster lacks: kubectl api-resources';
  if (status === 422 || status === 400) return 'change the values: the cluster does not take them';
  if (status === 0) return 'see that the cluster can be reached: kubectl version';
  return 'try again; when it stays, kubectl apply says the same and may say more';
}
