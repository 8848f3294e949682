import { type ChaosOptions, type FaultResult, startChaos } from './chaos-run.ts';
import { FAULTS, type Fault } from './faults.ts';

/** The last step of a whole run. */
export const ALL_AT_ONCE = 'all-at-once';

export interface ChaosProgram extends ChaosOptions {
  /** Names of faults, in the order in which they are played; empty: every one, then all at once. */
  readonly names: readonly string[];
  /** Ends the run before the next fault, and cleans up. */
  readonly signal: AbortSignal;
  readonly onResult: (result: FaultResult) => void;
}

interface Step {
  readonly name: string;
  readonly summary: string;
  readonly faults: readonly Fault[];
}

/** What is played, in order. */
export function stepsOf(names: readonly string[]): readonly Step[] {
  const alone = FAULTS.map((fault) => ({
    ...{ name: fault.name, summary: fault.summary, faults: [fault] },
  }));
  const summary = 'all of these, within a few seconds';
  const all: readonly Step[] = [...alone, { name: ALL_AT_ONCE, summary, faults: FAULTS }];
  if (names.length === 0) return all;
  return names.map((name) => {
    const step = all.find((one) => one.name === name);
    if (step === undefined) throw new Error(`there is no fault ${name}: see --list`);
    return step;
  });
}

/** `./splitwatch chaos`: plays faults until all are played or the signal aborts. */
export async function runChaos(program: ChaosProgram): Promise<readonly FaultResult[]> {
  const { names, signal, onResult } = program;
  const steps = stepsOf(names);
  const results: FaultResult[] = [];
  const aborted = new Promise<undefined>((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
  const starting = startChaos(program);
  const run = await Promise.race([starting, aborted]);
  if (run === undefined) {
    await (await starting.catch(() => undefined))?.stop();
    return results;
  }
  try {
    for (const { name, faults } of steps) {
      const playing = run.play(name, faults);
      playing.catch(() => {}); // what fails while all is being taken away is no result
      const result = await Promise.race([playing, aborted]);
      if (result === undefined) break;
      results.push(result);
      onResult(result);
    }
    return results;
  } finally {
    await run.stop();
  }
}
