import { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from './cluster.ts';
import { OWN_SOURCE } from './deploy-steps.ts';
import { type KubeObject, textOf } from './kube-object.ts';
import { podsOfFunction, podsOfSource } from './pods-of.ts';

export interface PodLogs {
  readonly namespace: string;
  /** Functions, and `source` for the source of batches. */
  readonly names: readonly string[];
  readonly write: (text: string) => void;
}

const LOOK_INTERVAL_MS = 2000;

/** Prints what the pods have written so far. Resolves with how many pods there were. */
export async function printPods(cluster: Cluster, options: PodLogs): Promise<number> {
  const pods = await podsOfAll(cluster, options);
  for (const pod of pods) {
    const { namespace } = options;
    const log = await cluster.readLog({ namespace, name: pod.metadata.name });
    for (const line of log.split('\n')) {
      if (line !== '') options.write(`${prefixOf(pods, pod)}${line}\n`);
    }
  }
  return pods.length;
}

/** Prints what pods write as they write it, also those that start meanwhile, until the signal. */
export async function followPods(
  cluster: Cluster,
  options: PodLogs & { readonly signal: AbortSignal },
): Promise<void> {
  const { namespace, signal } = options;
  const followed = new Set<string>();
  while (!signal.aborted) {
    const pods = await podsOfAll(cluster, options);
    for (const pod of pods) {
      const { name } = pod.metadata;
      if (followed.has(name) || textOf(pod, 'status', 'phase') !== 'Running') continue;
      followed.add(name);
      const output = lineWriter((line) => options.write(`[${name}] ${line}\n`));
      // A pod that ends, or whose log cannot be had, leaves the others alone.
      cluster.followLog({ namespace, name }, output, signal).catch(() => followed.delete(name));
    }
    await sleep(LOOK_INTERVAL_MS, undefined, { signal }).catch(() => {});
  }
}

async function podsOfAll(cluster: Cluster, options: PodLogs): Promise<readonly KubeObject[]> {
  const { namespace, names } = options;
  const pods = await Promise.all(
    names.map((name) =>
      name === OWN_SOURCE
        ? podsOfSource(cluster, namespace)
        : podsOfFunction(cluster, namespace, name),
    ),
  );
  return pods.flat();
}

function prefixOf(pods: readonly KubeObject[], pod: KubeObject): string {
  return pods.length > 1 ? `[${pod.metadata.name}] ` : '';
}

/** A stream that gives whole lines, so that those of several pods do not run into each other. */
export function lineWriter(onLine: (line: string) => void): Writable {
  let rest = '';
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      const lines = `${rest}${chunk.toString()}`.split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) onLine(line);
      done();
    },
    final(done) {
      if (rest !== '') onLine(rest);
      done();
    },
  });
}
