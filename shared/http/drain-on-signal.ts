import type { Log } from '#shared/log.ts';

export interface DrainOptions {
  readonly log: Pick<Log, 'info'>;
  /** How long SIGTERM lets new requests come, milliseconds; Ctrl-C does not wait for any. */
  readonly drainMs: number;
  /** Finishes what has begun, and closes everything. */
  readonly close: (drainMs: number) => Promise<unknown>;
}

/** Ends the process in order, with exit code 0, when it is told to: by Knative or at a terminal. */
export function drainOnSignal({ log, drainMs, close }: DrainOptions): void {
  const end = async (signal: string, forMs: number): Promise<void> => {
    log.info({ signal, drainMs: forMs }, 'draining');
    await close(forMs);
    process.exit(0);
  };
  process.once('SIGTERM', () => void end('SIGTERM', drainMs));
  process.once('SIGINT', () => void end('SIGINT', 0));
}
