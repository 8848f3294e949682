import { randomBytes } from 'node:crypto';

/**
 * A maker of ids for plain posts that have none, such as `0192f3c2a1b0-000000-9f86d081884c`: the
 * clock's milliseconds, a count within the millisecond, and what tells this process from others.
 *
 * Ids of one process rise, and those of several nearly do. Transactions of one event time are
 * ordered by id (D1), so posts that carry the same time are decided in the order in which they
 * came, and not in one that chance made.
 */
export function createArrivalIds(
  now: () => number,
  instance: string = randomBytes(6).toString('hex'),
): () => string {
  let lastMs = 0;
  let count = 0;
  return () => {
    const nowMs = now();
    count = nowMs > lastMs ? 0 : count + 1;
    lastMs = Math.max(lastMs, nowMs);
    return `${hex(lastMs, 12)}-${hex(count, 6)}-${instance}`;
  };
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}
