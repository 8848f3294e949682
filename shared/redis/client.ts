import type { RedisScripts } from '@redis/client';
import type { RedisConnection, RedisOptions, StartingConnection } from './redis-connection.ts';
import { isClusterUrl, showUrl } from './redis-url.ts';
import { refuseEviction } from './refuse-eviction.ts';
import { SingleConnection } from './single-connection.ts';

/**
 * A connection to the Redis, or the Redis Cluster, at an address. It recovers by itself from
 * restarts, pauses, a network that goes silent, failovers. Resolves when Redis answers, of a
 * cluster each master, and may not evict keys (L5).
 *
 * @throws ConfigError for an address that is none, and when Redis refuses our credentials or may
 * evict keys; AppError `state` when it cannot be reached within `startTimeoutMs`. Neither shows the
 * password.
 */
export async function connectRedis<S extends RedisScripts = Record<never, never>>(
  options: RedisOptions<S>,
): Promise<RedisConnection<S>> {
  const { url, log } = options;
  const connection = await makeConnection(options);
  try {
    await connection.start();
    await refuseEviction(connection, showUrl(url), log);
  } catch (error) {
    await connection.close();
    throw error;
  }
  return connection;
}

/**
 * The same, neither started nor asked whether it may evict: for who wants to know, not to keep.
 * @throws ConfigError for an address that is none.
 */
export async function makeConnection<S extends RedisScripts>(
  options: RedisOptions<S>,
): Promise<StartingConnection<S>> {
  if (!isClusterUrl(options.url)) return new SingleConnection(options);
  // Loaded where it is needed: a start from zero with one server does not wait for it.
  const { ClusterConnection } = await import('./cluster-connection.ts');
  return new ClusterConnection(options);
}
