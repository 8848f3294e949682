import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { PlantedBugName } from './planted/planted-bugs.ts';
import type { WorkerAnswer, WorkerStart } from './sim-worker.ts';
import type { RunOptions, RunResult } from './simulate.ts';

export interface ManyOptions {
  /** Each as `simulate` takes it, and without functions: they go to another thread. */
  readonly runs: Iterable<Omit<RunOptions, 'trace'>>;
  readonly workers: number;
  readonly bug?: PlantedBugName | undefined;
  /** Looks for the shortest run that fails in the same way; true unless set. */
  readonly isShrinking?: boolean;
  /** No further run is begun once it aborts. */
  readonly signal?: AbortSignal | undefined;
  readonly onResult?: (result: RunResult) => void;
}

/**
 * Plays runs in worker threads, side by side, until one fails. Resolves to the failed one with the
 * smallest seed among those that were under way, or to undefined.
 */
export async function runMany(options: ManyOptions): Promise<WorkerAnswer | undefined> {
  const { runs, workers, bug, isShrinking = true, signal, onResult } = options;
  const queue = runs[Symbol.iterator]();
  const failed: WorkerAnswer[] = [];
  const work = async (): Promise<void> => {
    const workerData: WorkerStart = { bug, isShrinking };
    const worker = new Worker(new URL('./sim-worker.ts', import.meta.url), { workerData });
    try {
      while (failed.length === 0 && !signal?.aborted) {
        const next = queue.next();
        if (next.done) return;
        worker.postMessage(next.value);
        const [answer] = (await once(worker, 'message')) as [WorkerAnswer];
        onResult?.(answer.result);
        if (answer.result.violation !== undefined) failed.push(answer);
      }
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
  return failed.sort((a, b) => a.result.seed - b.result.seed)[0];
}
