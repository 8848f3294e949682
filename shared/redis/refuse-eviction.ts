import { ErrorReply } from '@redis/client';
import { ConfigError } from '#shared/config.ts';
import { AppError } from '#shared/errors.ts';
import type { Log } from '#shared/log.ts';
import { eviction, evictionProblem } from './eviction.ts';
import type { RedisConnection } from './redis-connection.ts';

type Asked = Pick<RedisConnection, 'askMasters'>;

/**
 * Asks each master whether it may evict keys.
 * @throws ConfigError when one may (L5); AppError `state` when one does not answer.
 */
export async function refuseEviction(redis: Asked, shownUrl: string, log: Log): Promise<void> {
  const policies = await unlessForbidden(redis.askMasters(['CONFIG', 'GET', 'maxmemory-policy']));
  const infos = await unlessForbidden(redis.askMasters(['INFO', 'memory']));
  const masters = Math.max(policies.length, infos.length, 1);
  let isUnknown = false;
  for (let i = 0; i < masters; i++) {
    const [policy, info] = [policies[i], infos[i]];
    const found = eviction({
      policy: Array.isArray(policy) && policy[1] !== undefined ? String(policy[1]) : undefined,
      info: info === undefined ? undefined : String(info),
    });
    if (found.kind === 'evicts') throw new ConfigError([evictionProblem(shownUrl, found.policy)]);
    if (found.kind === 'unknown') isUnknown = true;
  }
  if (!isUnknown) return;
  log.warn(
    { redis: shownUrl },
    'Redis tells neither CONFIG GET maxmemory-policy nor INFO memory: make sure it is noeviction',
  );
}

/** What was answered, nothing where Redis refuses to. */
async function unlessForbidden(ask: Promise<unknown[]>): Promise<unknown[]> {
  try {
    return await ask;
  } catch (error) {
    if (error instanceof AppError && !(error.cause instanceof ErrorReply)) throw error;
    return [];
  }
}
