import { availableParallelism } from 'node:os';
import type { FaultName, ProfileName } from './faults/fault-kinds.ts';
import { plantBug } from './planted/plant-bug.ts';
import { PLANTED_BUGS, type PlantedBug, type PlantedBugName } from './planted/planted-bugs.ts';
import { runMany } from './run-many.ts';
import { createTally, formatFailure, formatSummary } from './sim-report.ts';
import type { RunOptions, StoreKind } from './simulate.ts';

export interface SimOptions {
  readonly seed: number;
  readonly runs: number;
  readonly hours: number;
  readonly profile: ProfileName;
  readonly faults?: readonly FaultName[];
  readonly store?: StoreKind;
  readonly plant?: PlantedBugName;
  readonly trace: boolean;
  readonly json: boolean;
}

export interface SimOutput {
  readonly out: { write(text: string): void };
  /** Progress, and nothing that is needed afterwards. */
  readonly err: { readonly isTTY?: boolean; write(text: string): void };
  readonly stopSignal: AbortSignal;
}

const PROGRESS_MS = 1_000;

/** Plays the runs, says how far it is, prints the sum or the failure. Resolves to the exit code. */
export async function runSim(options: SimOptions, output: SimOutput): Promise<number> {
  const { seed, runs, hours, profile, plant } = options;
  const bug: PlantedBug | undefined = plant && PLANTED_BUGS[plant];
  const store = options.store ?? bug?.store;
  const only = options.faults === undefined ? undefined : new Set(options.faults);
  const runOf = (index: number) => ({ seed: seed + index, hours, profile, only, store });
  if (options.trace) return traceOne(runOf(0), plant, output);

  const startMs = performance.now();
  const seconds = (): number => (performance.now() - startMs) / 1000;
  const tally = createTally();
  let saidMs = startMs;
  const answer = await runMany({
    runs: Array.from({ length: runs }, (_, index) => runOf(index)),
    workers: Math.min(runs, availableParallelism()),
    bug: plant,
    signal: output.stopSignal,
    onResult: (result) => {
      if (result.violation === undefined) tally.add(result);
      if (options.json || performance.now() - saidMs < PROGRESS_MS) return;
      saidMs = performance.now();
      const { runs: done, simulatedHours } = tally.summary(0);
      output.err.write(`${done} of ${runs} runs, ${simulatedHours} simulated hours\n`);
    },
  });
  const summary = tally.summary(seconds());
  if (options.json) {
    const failure = answer && {
      ...{ seed: answer.result.seed, ...answer.result.violation },
      ...{ setting: answer.result.setting, shortest: answer.shrunk?.trace },
    };
    output.out.write(`${JSON.stringify({ ...summary, failure })}\n`);
  } else {
    if (answer !== undefined) {
      output.out.write(`${formatFailure(answer, seed, flagsOf(options))}\n\n`);
    }
    output.out.write(`${formatSummary(summary)}\n`);
  }
  return answer === undefined ? 0 : 1;
}

/** One run, each step as a line; the same seed gives the same lines. */
async function traceOne(
  run: RunOptions,
  plant: PlantedBugName | undefined,
  { out }: SimOutput,
): Promise<number> {
  if (plant !== undefined) plantBug(PLANTED_BUGS[plant]);
  // Only now, so that the bug is in what it loads.
  const { simulate } = await import('./simulate.ts');
  const result = await simulate({ ...run, trace: (line) => out.write(`${line}\n`) });
  return result.violation === undefined ? 0 : 1;
}

/** What else has to be said to play a run again. */
function flagsOf({ profile, faults, store, plant }: SimOptions): string {
  return [
    profile === 'all' ? '' : ` --profile ${profile}`,
    faults === undefined ? '' : ` --faults ${faults.join(' ')}`,
    store === undefined ? '' : ` --store ${store}`,
    plant === undefined ? '' : ` --plant ${plant}`,
  ].join('');
}
