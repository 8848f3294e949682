import type { GuardedProcess } from '../services/guarded-process.ts';
import { freezeGroup, signalGroup } from '../services/process-group.ts';

/** A Redis or a broker of our own, in a place that outlives it: it may be killed and come back. */
export interface OwnService {
  readonly pid: number;
  /** Ends it at once (SIGKILL) and starts it again with what its files hold. */
  killAndRestart(): Promise<void>;
  /** Lets it end in order (SIGTERM) and starts it again. */
  restart(): Promise<void>;
  freeze(forMs: number): Promise<void>;
  /** Ends it and removes its files. */
  stop(): Promise<void>;
}

/** One restart after the other, whoever asks. */
export async function startOwnService(run: () => Promise<GuardedProcess>): Promise<OwnService> {
  let current = await run();
  let last: Promise<void> = Promise.resolve();
  let isStopping = false;
  const again = (signal: NodeJS.Signals): Promise<void> => {
    last = last.then(async () => {
      if (isStopping) return;
      // The whole group: the guard would take the files away when the program alone ends.
      signalGroup(current.pid, signal);
      await current.ended;
      current = await run();
    });
    return last;
  };
  return {
    get pid() {
      return current.pid;
    },
    killAndRestart: () => again('SIGKILL'),
    restart: () => again('SIGTERM'),
    freeze: (forMs) => freezeGroup(current.pid, forMs),
    stop: async () => {
      isStopping = true;
      await last.catch(() => {});
      signalGroup(current.pid, 'SIGCONT');
      await current.stop();
    },
  };
}
