import type { AlertChange, AlertStore } from './alert-store.ts';

/**
 * Keeps many readers up to date from one store. Each reader has only a position and asks for what
 * came after it when it is woken, so a slow reader costs nothing but its own socket, and resuming
 * is the same as going on. Readers that stand at the same position share one read.
 *
 * Changes of other replicas are seen by looking at the newest position every `pollMs`; our own at
 * once, by `nudge`.
 */
export interface AlertFeed {
  readonly changesAfter: (position: number) => Promise<readonly AlertChange[]>;
  /** Calls `wake` whenever something changed, until the returned function is called. */
  readonly subscribe: (wake: () => void) => () => void;
  /** Something was stored by this process. */
  readonly nudge: () => void;
  readonly stop: () => void;
}

const BATCH = 50;

export function createAlertFeed(store: AlertStore, options: { pollMs: number }): AlertFeed {
  const wakes = new Set<() => void>();
  const reads = new Map<number, Promise<readonly AlertChange[]>>();
  let seenPosition = 0;
  let timer: NodeJS.Timeout | undefined;

  const wakeAll = (): void => {
    reads.clear();
    for (const wake of wakes) wake();
  };
  const poll = async (): Promise<void> => {
    // A store that is away now answers later; the positions say then what was missed.
    const newest = await store.newestPosition().catch(() => seenPosition);
    if (newest !== seenPosition) {
      seenPosition = newest;
      wakeAll();
    }
    if (wakes.size > 0) timer = setTimeout(poll, options.pollMs).unref();
    else timer = undefined;
  };
  const stop = (): void => {
    clearTimeout(timer);
    timer = undefined;
    wakes.clear();
  };

  return {
    changesAfter: (position) => {
      const known = reads.get(position);
      if (known !== undefined) return known;
      const read = store.changesAfter(position, BATCH);
      reads.set(position, read);
      const forget = (): void => {
        if (reads.get(position) === read) reads.delete(position);
      };
      read.then(forget, forget);
      return read;
    },
    subscribe: (wake) => {
      wakes.add(wake);
      timer ??= setTimeout(poll, options.pollMs).unref();
      return () => {
        wakes.delete(wake);
      };
    },
    nudge: wakeAll,
    stop,
  };
}
