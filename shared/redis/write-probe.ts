import { keySlot, SLOTS } from './key-slot.ts';
import type { RedisCommands } from './redis-commands.ts';
import { messageOf, replyCode } from './redis-errors.ts';

/**
 * Deleted to see whether writes are taken; it never exists, so nothing is changed or replicated.
 */
export const WRITE_PROBE_KEY = 'sw:write-probe';

type Asked = Pick<RedisCommands<Record<never, never>>, 'del' | 'ping'>;

/** Fails as a write would. A user that may not delete this key is asked no more than to answer. */
export async function probeWrite(client: Asked, key: string): Promise<void> {
  try {
    await client.del(key);
  } catch (error) {
    if (replyCode(error) !== 'NOPERM') throw error;
    await client.ping();
  }
}

/** For each master one key in a slot of its own; `masters` has the master of each slot by name. */
export function probeKeys(masters: readonly (string | undefined)[]): string[] {
  const missing = new Set(masters.filter((name) => name !== undefined));
  const keys: string[] = [];
  // One slot in 16,384 is met after so many tries, with next to no doubt.
  for (let i = 0; missing.size > 0 && i < 16 * SLOTS; i++) {
    const key = `${WRITE_PROBE_KEY}{${i}}`;
    const master = masters[keySlot(key)];
    if (master !== undefined && missing.delete(master)) keys.push(key);
  }
  return keys;
}

/** What is wrong by `check`, said only once it has failed for `problemAfterMs`. */
export function patientProblem(
  check: () => Promise<unknown>,
  problemAfterMs = 0,
): () => Promise<string | undefined> {
  let failingSinceMs: number | undefined;
  return async () => {
    try {
      await check();
      failingSinceMs = undefined;
      return undefined;
    } catch (error) {
      failingSinceMs ??= performance.now();
      const isOverlooked = performance.now() - failingSinceMs < problemAfterMs;
      return isOverlooked ? undefined : messageOf(error);
    }
  };
}
