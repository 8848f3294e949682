import type { Cluster } from './cluster.ts';
import { textOf } from './kube-object.ts';
import { servingPod } from './notify-client.ts';
import type { LoadTarget } from './post-load.ts';

const SCORE_PORT = 8080;

export interface ReachedScore {
  readonly target: LoadTarget;
  /** In words: by the ingress, or past it to one pod. */
  readonly how: string;
  readonly close: () => Promise<void>;
}

/**
 * How score is reached from here: by the ingress where it is public and the ingress is known, which
 * is how it scales; else by a forwarded port to one of its pods, which does not scale it.
 * @throws Error that says what to do when neither goes.
 */
export async function reachScore(
  cluster: Cluster,
  namespace: string,
  ingress: string | undefined,
): Promise<ReachedScore> {
  const service = await cluster.read({
    ...{ apiVersion: 'serving.knative.dev/v1', kind: 'Service', name: 'score', namespace },
  });
  const url = textOf(service, 'status', 'url');
  if (url === '') throw new Error(`score is not deployed in ${namespace}: ./splitwatch deploy`);
  const { host } = new URL(url);
  const isPrivate = host.endsWith('.svc.cluster.local') || host.endsWith('.svc');
  if (ingress !== undefined && !isPrivate) {
    const at = ingress.includes('://') ? ingress : `http://${ingress}`;
    const target = { url: at, host };
    return { target, how: `by the ingress ${at} as ${host}`, close: async () => {} };
  }
  const pod = await servingPod(cluster, namespace, 'score');
  if (pod === undefined) {
    const cure = isPrivate
      ? 'deploy it with --set score.public=true'
      : 'name it with --ingress URL';
    throw new Error(`score is scaled to zero and only the ingress can wake it: ${cure}`);
  }
  const forward = await cluster.forward({ namespace, name: pod.metadata.name }, SCORE_PORT);
  return {
    target: { url: `http://127.0.0.1:${forward.port}` },
    how: `by a forwarded port to pod ${pod.metadata.name}, which scales nothing`,
    close: () => forward.close(),
  };
}
