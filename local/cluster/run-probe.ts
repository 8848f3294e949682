import { setTimeout as sleep } from 'node:timers/promises';
import { applyObjects } from './apply-objects.ts';
import type { Cluster, PodRef } from './cluster.ts';
import { marked } from './inventory.ts';
import { type KubeObject, refOf, textOf } from './kube-object.ts';
import { podTrouble } from './pod-trouble.ts';
import { StepFailure, StoppedError } from './step-failure.ts';

export interface ProbeOptions {
  readonly namespace: string;
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
  readonly onProgress: (words: string) => void;
}

/**
 * Runs the chart's own probe: a pod that sends two transactions through the whole line and waits
 * for their alert, which is marked and shown to nobody. Resolves with its last words.
 *
 * @throws StepFailure with the step at which it stopped. The pod is removed in any case.
 */
export async function runProbe(
  cluster: Cluster,
  objects: readonly KubeObject[],
  options: ProbeOptions,
): Promise<string> {
  const own = objects.map((object) => marked(object, options.namespace));
  const pod = own.find(({ kind }) => kind === 'Pod');
  if (pod === undefined) return 'the chart has none';
  try {
    await removeAll(cluster, own);
    await applyObjects(
      cluster,
      own.filter((object) => object !== pod),
    );
    await cluster.create(pod);
    return await watchProbe(cluster, pod, options);
  } finally {
    await removeAll(cluster, own);
  }
}

async function removeAll(cluster: Cluster, objects: readonly KubeObject[]): Promise<void> {
  for (const object of objects) await cluster.remove(refOf(object));
  const pods = objects.filter(({ kind }) => kind === 'Pod').map(refOf);
  // A pod of the same name cannot be made while the old one is on its way out.
  for (const pod of pods) while ((await cluster.read(pod)) !== undefined) await sleep(200);
}

async function watchProbe(
  cluster: Cluster,
  pod: KubeObject,
  { deadlineMs, signal, onProgress, namespace }: ProbeOptions,
): Promise<string> {
  const ref: PodRef = { namespace, name: pod.metadata.name };
  for (;;) {
    if (signal.aborted) throw new StoppedError();
    const found = await cluster.read(refOf(pod));
    const phase = textOf(found, 'status', 'phase');
    const lines = phase === 'Pending' ? [] : linesOf(await cluster.readLog(ref));
    const last = lines.at(-1) ?? '';
    if (phase === 'Succeeded') return last.replace(/^PASSED: /, '');
    const trouble = found === undefined ? undefined : podTrouble(found);
    if (phase === 'Failed' || trouble?.isHopeless || performance.now() > deadlineMs) {
      throw failure(last, trouble?.isInLog === false ? trouble.words : undefined);
    }
    onProgress(last);
    await sleep(500);
  }
}

function linesOf(log: string): readonly string[] {
  return log.split('\n').filter((line) => line.trim() !== '');
}

/** Kafka takes it for another topic, and the sink may go on with what it knew of the old one. */
const SINK_CURE =
  'where a topic was deleted and made again under the same name, restart what serves the ' +
  'KafkaSinks, or use other names (topics.*.name)';

function failure(lastLine: string, trouble: string | undefined): StepFailure {
  const why = trouble ?? (lastLine === '' ? 'the pod of the probe did not start' : lastLine);
  return new StepFailure(
    'the probe did not come through: two transactions went in, no alert came out',
    [why],
    [
      ...(/splitwatch:error:sink/.test(lastLine) ? [SINK_CURE] : []),
      'see the function that it names: ./splitwatch status, ./splitwatch logs score',
    ],
  );
}
