import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from './cluster.ts';
import { marked } from './inventory.ts';
import { fieldOf, type KubeObject, listOf, refOf, textOf } from './kube-object.ts';
import { podTrouble } from './pod-trouble.ts';

const NAME = 'splitwatch-errand';
/** Settings that make generate do something else than the errand. */
const OTHER_ERRANDS = new Set(['MAKE_TOPICS', 'RATE']);

/**
 * A pod that runs generate for one errand in the cluster, with the settings by which generate, or
 * the Job of the topics, reaches Kafka. Undefined when the deployment has neither.
 */
export function errandPod(
  objects: readonly KubeObject[],
  settings: Readonly<Record<string, string>>,
): KubeObject | undefined {
  const source =
    objects.find(({ kind, metadata }) => kind === 'Service' && metadata.name === 'generate') ??
    objects.find(({ kind, metadata }) => kind === 'Job' && metadata.name === 'splitwatch-topics');
  if (source === undefined) return undefined;
  const template = fieldOf(source, 'spec', 'template', 'spec') as Record<string, unknown>;
  const container = listOf(template, 'containers')[0];
  const env = [
    ...listOf(container, 'env').filter((one) => !OTHER_ERRANDS.has(textOf(one, 'name'))),
    ...Object.entries(settings).map(([name, value]) => ({ name, value })),
  ];
  const { volumes, imagePullSecrets } = template;
  return {
    ...{ apiVersion: 'v1', kind: 'Pod' },
    metadata: {
      name: NAME,
      ...(source.metadata.namespace !== undefined && { namespace: source.metadata.namespace }),
      labels: { 'app.kubernetes.io/name': 'splitwatch' },
    },
    spec: {
      ...{ restartPolicy: 'Never', automountServiceAccountToken: false },
      ...(imagePullSecrets !== undefined && { imagePullSecrets }),
      ...(volumes !== undefined && { volumes }),
      containers: [
        {
          ...{ name: 'errand', image: textOf(container, 'image'), env },
          ...pick(container, ['imagePullPolicy', 'securityContext', 'volumeMounts']),
          resources: { requests: { cpu: '10m', memory: '64Mi' } },
        },
      ],
    },
  };
}

function pick(value: unknown, names: readonly string[]): Record<string, unknown> {
  const entries = names.map((name) => [name, fieldOf(value, name)] as const);
  return Object.fromEntries(entries.filter(([, found]) => found !== undefined));
}

/**
 * Runs the pod to its end and removes it.
 * @throws Error with the last line of its log, or what keeps it from running.
 */
export async function runErrandPod(
  cluster: Cluster,
  pod: KubeObject,
  options: { namespace: string; timeoutMs: number },
): Promise<void> {
  const { namespace, timeoutMs } = options;
  const own = marked(pod, namespace);
  const deadlineMs = performance.now() + timeoutMs;
  await cluster.remove(refOf(own));
  while ((await cluster.read(refOf(own))) !== undefined) await sleep(200);
  await cluster.create(own);
  try {
    for (;;) {
      const found = await cluster.read(refOf(own));
      const phase = textOf(found, 'status', 'phase');
      if (phase === 'Succeeded') return;
      const trouble = found === undefined ? undefined : podTrouble(found);
      if (phase === 'Failed') throw new Error(await lastLine(cluster, namespace));
      if (trouble?.isHopeless || performance.now() > deadlineMs) {
        throw new Error(trouble?.words ?? 'its pod did not end in time');
      }
      await sleep(500);
    }
  } finally {
    await cluster.remove(refOf(own));
  }
}

async function lastLine(cluster: Cluster, namespace: string): Promise<string> {
  const log = await cluster.readLog({ namespace, name: NAME }, { tailLines: 5 });
  return log.trim().split('\n').at(-1) || 'its pod failed and said nothing';
}
