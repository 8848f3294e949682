import type { Log } from '#shared/log.ts';
import { connectRedis } from '#shared/redis/client.ts';
import { luaScript } from '#shared/redis/lua-script.ts';
import { ADD_SCRIPT, READ_SCRIPT } from '../lua/scripts.ts';
import type { TotalsStore } from '../totals-store.ts';
import { readDecision, readPairTotal } from './redis-replies.ts';
import { createScriptedStore, type ScriptedStoreOptions } from './scripted-store.ts';

export interface RedisStoreOptions extends ScriptedStoreOptions {
  readonly url: string;
  /** Longest time that one call may take, milliseconds. */
  readonly timeoutMs: number;
  readonly log: Log;
}

const scripts = {
  addTransaction: luaScript(ADD_SCRIPT, (reply) => readDecision(reply as Buffer)),
  readPair: luaScript(READ_SCRIPT, (reply) => readPairTotal(reply as Buffer)),
};

/**
 * The scripted store on a real Redis.
 *
 * @throws ConfigError or AppError `state` as `connectRedis`.
 */
export async function openRedisTotalsStore(options: RedisStoreOptions): Promise<TotalsStore> {
  const { url, timeoutMs, log } = options;
  const redis = await connectRedis({ url, timeoutMs, log, scripts, name: 'splitwatch-score' });
  return createScriptedStore(
    {
      add: (keys, args) => redis.callBinary((client) => client.addTransaction(keys, args)),
      read: (keys, args) => redis.callBinary((client) => client.readPair(keys, args)),
      del: (key) => redis.call((client) => client.del(key)),
      problem: () => redis.problem(),
      close: () => redis.close(),
    },
    options,
  );
}
