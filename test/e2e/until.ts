import { setTimeout as sleep } from 'node:timers/promises';

const PAUSE_MS = 200;

/** Resolves when the condition holds. Throws, saying what it waited for, at the deadline. */
export async function until(
  what: string,
  timeoutMs: number,
  condition: () => Promise<boolean>,
): Promise<void> {
  const deadlineMs = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > deadlineMs) throw new Error(`${what}: not within ${timeoutMs} ms`);
    await sleep(PAUSE_MS);
  }
}
