import { setTimeout as sleep } from 'node:timers/promises';

/** How the eventing runtime waits: by the machine's timers, or by the clock of a simulation. */
export interface Timers {
  /** Resolves after so long; rejects as soon as the signal aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** Calls `work` every so often, until the function that is returned is called. */
  every(ms: number, work: () => void): () => void;
}

export const MACHINE_TIMERS: Timers = {
  sleep: (ms, signal) => sleep(ms, undefined, { signal }),
  every: (ms, work) => {
    const timer = setInterval(work, ms);
    return () => clearInterval(timer);
  },
};
