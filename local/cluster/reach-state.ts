import type { Cluster, Forward } from './cluster.ts';
import { functionSetting } from './function-setting.ts';
import { keepAwake } from './keep-awake.ts';
import type { KubeObject } from './kube-object.ts';
import { isRunning, podsOfFunction } from './pods-of.ts';

/** Score, notify and their Redis, as they are reached from here. */
export interface ReachedState {
  readonly redisUrl: string;
  readonly scoreUrl: string;
  readonly notifyUrl: string | undefined;
  /** Score's AUTH_TOKEN, if it has one. */
  readonly token: string | undefined;
  readonly close: () => Promise<void>;
}

const FUNCTION_PORT = 8080;
const REDIS_PORT = 6379;

/**
 * Forwards ports to what a deployment keeps its state with. To a pod of score straight, since one
 * that has lost its state is not ready, and nothing else would lead to it. It is kept awake.
 * @throws Error in words when score is not deployed, or no pod of it runs.
 */
export async function reachState(cluster: Cluster, namespace: string): Promise<ReachedState> {
  const score = { namespace, name: 'score' };
  const url = await functionSetting(cluster, score, 'REDIS_URL');
  if (url === undefined) throw new Error(`score is not deployed in ${namespace}`);
  const forwards: Pick<Forward, 'close'>[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(forwards.map((forward) => forward.close()));
  };
  const forward = async (pod: KubeObject, port: number): Promise<number> => {
    const opened = await cluster.forward({ namespace, name: pod.metadata.name }, port);
    forwards.push(opened);
    return opened.port;
  };
  try {
    const awake = await keepAwake(cluster, score);
    forwards.push(awake);
    const scorePod = awake.pod;
    const [notifyPod] = (await podsOfFunction(cluster, namespace, 'notify')).filter(isRunning);
    const scoreUrl = `http://127.0.0.1:${await forward(scorePod, FUNCTION_PORT)}`;
    const notifyUrl = notifyPod && `http://127.0.0.1:${await forward(notifyPod, FUNCTION_PORT)}`;
    const redisUrl = await redisFromHere(cluster, namespace, new URL(url), forward);
    const token = await functionSetting(cluster, score, 'AUTH_TOKEN');
    return { redisUrl, scoreUrl, notifyUrl, token, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** One that we deployed is forwarded to; any other is taken to be reachable as it is named. */
async function redisFromHere(
  cluster: Cluster,
  namespace: string,
  url: URL,
  forward: (pod: KubeObject, port: number) => Promise<number>,
): Promise<string> {
  const labels = { 'app.kubernetes.io/component': 'redis' };
  const [pod] = await cluster.list({ apiVersion: 'v1', kind: 'Pod' }, { namespace, labels });
  const [service] = url.hostname.split('.');
  const isOurs = await cluster.read({
    ...{ apiVersion: 'v1', kind: 'Service', name: service ?? '', namespace },
  });
  if (pod === undefined || isOurs === undefined) return url.href;
  const here = new URL(url.href);
  here.hostname = '127.0.0.1';
  here.port = String(await forward(pod, Number(url.port || REDIS_PORT)));
  return here.href;
}
