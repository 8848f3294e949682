import type { Chance } from '../kernel/chance.ts';
import type { SimProcess } from '../kernel/sim-process.ts';
import type { Trace } from '../kernel/trace.ts';
import type { VirtualTime } from '../kernel/virtual-time.ts';
import { createFleet, type Fleet, type Running } from './fleet.ts';
import type { Door } from './pods.ts';

/** Score's pods, of one revision, or of two while a rollout goes on. */
export interface Revisions {
  /** Those that requests may go to now. */
  readonly pods: readonly Running<Door>[];
  start(): void;
  /** Starts the next revision beside this one, which goes away after so long. */
  rollOut(overlapMs: number): void;
}

/** What a pod that is no longer asked may take for what it has in hand. */
const DRAIN_MS = 60_000;

export function createRevisions(parts: {
  readonly pods: number;
  readonly time: VirtualTime;
  readonly chance: Chance;
  readonly trace: Trace;
  readonly run: (process: SimProcess, revision: number) => Door;
}): Revisions {
  const { time, chance, trace, run } = parts;
  let asked: Fleet<Door>[] = [];
  let revision = -1;

  const start = (): void => {
    revision += 1;
    const number = revision;
    const fleet = createFleet<Door>({
      ...{ kind: 'score', name: `score-${number}`, time, chance, trace },
      run: (process) => run(process, number),
    });
    asked.push(fleet);
    fleet.start(parts.pods);
  };
  const drain = (old: Fleet<Door>): void => {
    asked = asked.filter((fleet) => fleet !== old);
    old.retire();
    time.after(DRAIN_MS, () => {
      for (const { process } of [...old.running]) process.end();
    });
  };
  return {
    get pods() {
      return asked.flatMap((fleet) => fleet.running);
    },
    start,
    rollOut(overlapMs) {
      const old = [...asked];
      start();
      time.after(overlapMs, () => {
        for (const fleet of old) if (asked.includes(fleet)) drain(fleet);
      });
    },
  };
}
