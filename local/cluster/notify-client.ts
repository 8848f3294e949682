import type { Cluster, Forward } from './cluster.ts';
import { functionSetting } from './function-setting.ts';
import { fieldOf, type KubeObject } from './kube-object.ts';
import { isServing, podsOfFunction } from './pods-of.ts';

const PAGE_PORT = 8080;
const ANSWER_TIMEOUT_MS = 5000;

/** The token that opens the page: notify's own setting, looked up in the Secret that it names. */
export function pageToken(cluster: Cluster, namespace: string): Promise<string | undefined> {
  return functionSetting(cluster, { namespace, name: 'notify' }, 'PAGE_TOKEN');
}

/** A pod of the function that takes requests; undefined while it is scaled to zero. */
export async function servingPod(
  cluster: Cluster,
  namespace: string,
  name: string,
): Promise<KubeObject | undefined> {
  return (await podsOfFunction(cluster, namespace, name)).find(isServing);
}

/** A local port that leads to the page; undefined when no pod of notify takes requests. */
export async function forwardPage(
  cluster: Cluster,
  namespace: string,
  localPort = 0,
): Promise<Forward | undefined> {
  const pod = await servingPod(cluster, namespace, 'notify');
  if (pod === undefined) return undefined;
  return cluster.forward({ namespace, name: pod.metadata.name }, PAGE_PORT, localPort);
}

/** How many alerts are kept; undefined when notify cannot be asked. */
export async function countAlerts(
  cluster: Cluster,
  namespace: string,
): Promise<number | undefined> {
  const [forward, token] = await Promise.all([
    forwardPage(cluster, namespace),
    pageToken(cluster, namespace),
  ]);
  if (forward === undefined) return undefined;
  try {
    const response = await fetch(`http://127.0.0.1:${forward.port}/alerts?limit=1`, {
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    });
    const body: unknown = await response.json();
    const alerts = fieldOf(body, 'summary', 'alerts');
    return typeof alerts === 'number' ? alerts : undefined;
  } catch {
    return undefined;
  } finally {
    await forward.close();
  }
}
