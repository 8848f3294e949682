import type { Cluster } from './cluster.ts';
import { COMPONENT_LABEL, OWN_SOURCE } from './deploy-steps.ts';
import { fieldOf, groupOf, type KubeObject, listOf, textOf } from './kube-object.ts';

const POD = { apiVersion: 'v1', kind: 'Pod' } as const;
const NAME_LABEL = { 'app.kubernetes.io/name': 'splitwatch' } as const;
export const KNATIVE_SERVICE_LABEL = 'serving.knative.dev/service';
export const KNATIVE_REVISION_LABEL = 'serving.knative.dev/revision';

/** The pods that an object runs; of a Knative Service those of its newest revision. */
export async function podsOf(
  cluster: Pick<Cluster, 'list'>,
  object: KubeObject,
): Promise<readonly KubeObject[]> {
  const labels = podLabels(object);
  if (labels === undefined) return [];
  return cluster.list(POD, { namespace: object.metadata.namespace, labels });
}

/** The pods of a Knative Service, of whatever revision. */
export function podsOfFunction(
  cluster: Pick<Cluster, 'list'>,
  namespace: string,
  name: string,
): Promise<readonly KubeObject[]> {
  return cluster.list(POD, { namespace, labels: { [KNATIVE_SERVICE_LABEL]: name } });
}

/** The pods of the source of batches. */
export function podsOfSource(
  cluster: Pick<Cluster, 'list'>,
  namespace: string,
): Promise<readonly KubeObject[]> {
  return cluster.list(POD, { namespace, labels: { ...NAME_LABEL, [COMPONENT_LABEL]: OWN_SOURCE } });
}

function podLabels(object: KubeObject): Record<string, string> | undefined {
  const { kind, apiVersion, metadata } = object;
  if (groupOf(apiVersion) === 'serving.knative.dev') {
    const revision = textOf(object, 'status', 'latestCreatedRevisionName');
    return revision === ''
      ? { [KNATIVE_SERVICE_LABEL]: metadata.name }
      : { [KNATIVE_REVISION_LABEL]: revision };
  }
  if (kind === 'Job') return { 'batch.kubernetes.io/job-name': metadata.name };
  if (kind === 'StatefulSet' || kind === 'Deployment') {
    return fieldOf(object, 'spec', 'selector', 'matchLabels') as Record<string, string> | undefined;
  }
  return undefined;
}

/** True for a pod that takes requests: ready, and not on its way out. */
export function isServing(pod: KubeObject): boolean {
  if (pod.metadata.deletionTimestamp !== undefined) return false;
  return listOf(pod, 'status', 'conditions').some(
    (one) => textOf(one, 'type') === 'Ready' && textOf(one, 'status') === 'True',
  );
}

/** True for a pod whose containers run, ready or not, and that is not on its way out. */
export function isRunning(pod: KubeObject): boolean {
  return (
    textOf(pod, 'status', 'phase') === 'Running' && pod.metadata.deletionTimestamp === undefined
  );
}
