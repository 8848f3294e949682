import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Sends a signal to every process of the group; one that has ended is left in peace. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  if (pid === 0) return; // it would be our own
  try {
    process.kill(-pid, signal);
  } catch {
    // It ended in this moment.
  }
}

/** A program of its own wakes them, so that nothing sleeps for ever when we die meanwhile. */
const FREEZE = 'kill -s STOP -- "-$1" && sleep "$2"; kill -s CONT -- "-$1"';

/** Stops the group for so long (SIGSTOP, SIGCONT). Resolves when it runs again. */
export async function freezeGroup(pid: number, forMs: number): Promise<void> {
  if (pid === 0) return;
  const args = ['-c', FREEZE, 'sh', String(pid), (forMs / 1000).toFixed(1)];
  const freezing = spawn('/bin/sh', args, { detached: true, stdio: 'ignore' });
  await once(freezing, 'close');
}
