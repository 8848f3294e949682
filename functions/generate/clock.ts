import { setImmediate, setTimeout } from 'node:timers/promises';

/** The clock that traffic is paced by, as an argument, so that tests need not wait. */
export interface Clock {
  /** Milliseconds since the epoch, with fractions; never goes back. */
  nowMs(): number;
  /** Waits so long, 0 being one turn of the event loop. Resolves early when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  nowMs: () => performance.timeOrigin + performance.now(),
  sleep: async (ms, signal) => {
    const options = signal === undefined ? {} : { signal };
    const waiting = ms > 0 ? setTimeout(ms, undefined, options) : setImmediate(undefined, options);
    await waiting.catch(() => {}); // Rejects only when the signal aborts.
  },
};
