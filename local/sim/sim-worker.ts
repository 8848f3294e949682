import { parentPort, workerData } from 'node:worker_threads';
import { plantBug } from './planted/plant-bug.ts';
import { PLANTED_BUGS, type PlantedBugName } from './planted/planted-bugs.ts';
import type { Shrunk } from './shrink.ts';
import type { RunOptions, RunResult } from './simulate.ts';

/** What a worker is started with. */
export interface WorkerStart {
  /** Loaded into this worker's copy of the product. */
  readonly bug: PlantedBugName | undefined;
  readonly isShrinking: boolean;
}

/** What a worker answers to {@link RunOptions}; where it is to shrink, the shortest failing run. */
export interface WorkerAnswer {
  readonly result: RunResult;
  readonly shrunk: Shrunk | undefined;
}

const { bug, isShrinking } = workerData as WorkerStart;
if (bug !== undefined) plantBug(PLANTED_BUGS[bug]);
// Only now, so that a planted bug is in what they load.
const { simulate } = await import('./simulate.ts');
const { shrink } = await import('./shrink.ts');

parentPort?.on('message', async (options: RunOptions) => {
  const result = await simulate(options);
  const shrunk = result.violation && isShrinking ? await shrink(options, result) : undefined;
  parentPort?.postMessage({ result, shrunk } satisfies WorkerAnswer);
});
