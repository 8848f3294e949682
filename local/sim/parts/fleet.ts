import type { Chance } from '../kernel/chance.ts';
import { createProcess, type ProcessKind, type SimProcess } from '../kernel/sim-process.ts';
import type { Trace } from '../kernel/trace.ts';
import type { VirtualTime } from '../kernel/virtual-time.ts';

/** Processes of one kind that are started again whenever one ends, each with what it runs. */
export interface Fleet<T> {
  readonly running: readonly Running<T>[];
  start(count: number): void;
  /** Those that end from now on stay ended. */
  retire(): void;
}

export interface Running<T> {
  readonly process: SimProcess;
  readonly runs: T;
}

const RESTART_MS = { min: 300, max: 5_000 };

export function createFleet<T>(parts: {
  readonly kind: ProcessKind;
  readonly name: string;
  readonly time: VirtualTime;
  readonly chance: Chance;
  readonly trace: Trace;
  readonly run: (process: SimProcess) => T;
}): Fleet<T> {
  const { kind, name, time, chance, trace, run } = parts;
  const running: Running<T>[] = [];
  let starts = 0;
  let generation = 0;

  const startOne = (ofGeneration: number): void => {
    if (ofGeneration !== generation) return;
    starts += 1;
    const process = createProcess(kind, `${name}-${starts}`);
    trace.say(process.name, () => 'starts with nothing in memory');
    const entry = { process, runs: run(process) };
    running.push(entry);
    process.onEnd(() => {
      running.splice(running.indexOf(entry), 1);
      const waitMs = chance.between(`restart ${process.name}`, RESTART_MS.min, RESTART_MS.max);
      time.after(waitMs, () => startOne(ofGeneration));
    });
  };
  return {
    running,
    start(count) {
      generation += 1;
      for (let i = 0; i < count; i++) startOne(generation);
    },
    retire() {
      generation += 1;
    },
  };
}
