import { request } from 'node:http';
import type { Cluster, Forward } from './cluster.ts';
import { type KubeObject, textOf } from './kube-object.ts';
import { isRunning, isServing, KNATIVE_REVISION_LABEL, podsOfFunction } from './pods-of.ts';

const POD = { apiVersion: 'v1', kind: 'Pod' } as const;
const ACTIVATOR = { namespace: 'knative-serving', labels: { app: 'activator' } } as const;
const ACTIVATOR_PORT = 8012;
/** Shorter than the least window after which Knative takes the last pod away. */
const KNOCK_INTERVAL_MS = 2000;
const PATIENCE_MS = 90_000;
const LOOK_INTERVAL_MS = 300;

/**
 * Keeps a function from zero pods while it is worked with past its route, by asking for it at
 * Knative's activator, as its route does. Resolves with the pod that runs, which need not be ready.
 * @throws Error in words when none comes.
 */
export async function keepAwake(
  cluster: Pick<Cluster, 'list' | 'read' | 'forward'>,
  of: { readonly namespace: string; readonly name: string },
): Promise<{ readonly pod: KubeObject; readonly close: () => Promise<void> }> {
  const forward = await forwardActivator(cluster);
  const revision = await revisionOf(cluster, of);
  const knock = (): void => {
    if (forward !== undefined) knockAt(forward.port, { ...of, revision });
  };
  const knocking = setInterval(knock, KNOCK_INTERVAL_MS);
  knock();
  const close = async (): Promise<void> => {
    clearInterval(knocking);
    await forward?.close();
  };
  const endMs = performance.now() + (forward === undefined ? 0 : PATIENCE_MS);
  for (;;) {
    const pod = bestOf(await podsOfFunction(cluster, of.namespace, of.name), revision);
    if (pod !== undefined) return { pod, close };
    if (performance.now() > endMs) break;
    await new Promise((resolve) => setTimeout(resolve, LOOK_INTERVAL_MS));
  }
  await close();
  throw new Error(
    `no pod of ${of.name} runs in ${of.namespace}: send it something, which wakes it, and try again`,
  );
}

/** One that is ready; else of the revision that was last ready, for a newer one may only crash. */
export function bestOf(pods: readonly KubeObject[], revision: string): KubeObject | undefined {
  const running = pods.filter(isRunning);
  const isOfRevision = ({ metadata }: KubeObject): boolean =>
    revision === '' || metadata.labels?.[KNATIVE_REVISION_LABEL] === revision;
  return running.find(isServing) ?? running.find(isOfRevision);
}

/** Undefined where it is somewhere else, or not to be had by who asks. */
async function forwardActivator(
  cluster: Pick<Cluster, 'list' | 'forward'>,
): Promise<Forward | undefined> {
  try {
    const [pod] = (await cluster.list(POD, ACTIVATOR)).filter(isRunning);
    if (pod === undefined) return undefined;
    const { namespace } = ACTIVATOR;
    return await cluster.forward({ namespace, name: pod.metadata.name }, ACTIVATOR_PORT);
  } catch {
    return undefined;
  }
}

async function revisionOf(
  cluster: Pick<Cluster, 'read'>,
  of: { readonly namespace: string; readonly name: string },
): Promise<string> {
  const ref = { apiVersion: 'serving.knative.dev/v1', kind: 'Service', ...of };
  return textOf(await cluster.read(ref), 'status', 'latestReadyRevisionName');
}

/** What comes of it does not matter: that somebody waits is what keeps a pod. */
function knockAt(
  port: number,
  of: { readonly namespace: string; readonly name: string; readonly revision: string },
): void {
  const headers = {
    host: `${of.name}.${of.namespace}.svc.cluster.local`,
    'knative-serving-namespace': of.namespace,
    'knative-serving-revision': of.revision,
  };
  const where = { host: '127.0.0.1', port, path: '/healthz', headers, timeout: 10_000 };
  const asking = request(where, (response) => response.resume());
  asking.on('timeout', () => asking.destroy());
  asking.on('error', () => {});
  asking.end();
}
