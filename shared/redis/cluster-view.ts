import type { RedisScripts } from '@redis/client';
import { AppError } from '#shared/errors.ts';
import { SLOTS } from './key-slot.ts';
import type { RedisClient, RedisCluster } from './redis-commands.ts';
import { withDeadline } from './with-deadline.ts';

/** What a cluster's client believes at the moment. All of this asks nobody but where it says so. */

/** For each slot its master as HOST:PORT, undefined where there is none. */
export function mastersOf<S extends RedisScripts>(
  cluster: RedisCluster<S>,
): (string | undefined)[] {
  return Array.from({ length: SLOTS }, (_, slot) => cluster.slots[slot]?.master.address);
}

export function isWhole<S extends RedisScripts>(cluster: RedisCluster<S>): boolean {
  return mastersOf(cluster).every((master) => master !== undefined);
}

export function nodesOf<S extends RedisScripts>(
  cluster: RedisCluster<S>,
): { host: string; port: number }[] {
  return cluster.masters.map(({ host, port }) => ({ host, port }));
}

/** Of those masters that were ever asked for something. */
export function clientsOf<S extends RedisScripts>(cluster: RedisCluster<S>): RedisClient<S>[] {
  return cluster.masters.flatMap(({ client }) => (client ? [client as RedisClient<S>] : []));
}

/** Asks: true when a connection stands and a ping on it gets no answer in time. */
export async function hasSilentMaster<S extends RedisScripts>(
  cluster: RedisCluster<S>,
  timeoutMs: number,
): Promise<boolean> {
  const ready = clientsOf(cluster).filter(({ isReady }) => isReady);
  const isSilent = (client: RedisClient<S>): Promise<boolean> =>
    withDeadline(client.ping(), timeoutMs).then(
      () => false,
      (error) => error instanceof AppError,
    );
  return (await Promise.all(ready.map(isSilent))).includes(true);
}
