import { CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import type { KubeObject } from '../../local/cluster/kube-object.ts';
import { isServing } from '../../local/cluster/pods-of.ts';

/** Ends the pods at once, as `kubectl delete pod --force`. Resolves with how many were serving. */
export async function killPods(namespace: string, pods: readonly KubeObject[]): Promise<number> {
  const config = new KubeConfig();
  config.loadFromDefault();
  const api = config.makeApiClient(CoreV1Api);
  const serving = pods.filter(isServing);
  for (const { metadata } of serving) {
    await api.deleteNamespacedPod({ namespace, name: metadata.name, gracePeriodSeconds: 0 });
  }
  return serving.length;
}
