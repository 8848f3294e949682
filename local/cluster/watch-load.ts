import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from './cluster.ts';
import type { LoadMoment } from './load-samples.ts';
import { isServing, podsOfFunction } from './pods-of.ts';

const INTERVAL_MS = 1000;

/** Looks at the pods of a function, and at the lag, each second until the signal aborts. */
export async function watchLoad(options: {
  readonly cluster: Pick<Cluster, 'list'>;
  readonly namespace: string;
  readonly functionName: string;
  readonly readLag: () => Promise<number | undefined>;
  readonly signal: AbortSignal;
  readonly onMoment: (moment: LoadMoment) => void;
}): Promise<void> {
  const { cluster, namespace, functionName, readLag, signal, onMoment } = options;
  const startMs = performance.now();
  while (!signal.aborted) {
    const atMs = performance.now() - startMs;
    try {
      const pods = await podsOfFunction(cluster, namespace, functionName);
      const readyPods = pods.filter(isServing).length;
      onMoment({ atMs, readyPods, pods: pods.length, lag: await readLag() });
    } catch {
      // The cluster is busy with the load; the next look may be answered.
    }
    const restMs = INTERVAL_MS - (performance.now() - startMs - atMs);
    await sleep(Math.max(0, restMs), undefined, { signal }).catch(() => {});
  }
}
