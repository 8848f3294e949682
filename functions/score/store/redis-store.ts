import type { Log } from '#shared/log.ts';
import { connectRedis } from '#shared/redis/client.ts';
import { luaScript } from '#shared/redis/lua-script.ts';
import type { Journal } from '../journal.ts';
import { ADD_SCRIPT, READ_SCRIPT } from '../lua/scripts.ts';
import type { TotalsStore } from '../totals-store.ts';
import { openRedisJournal } from './redis-journal.ts';
import { readDecision, readPairTotal } from './redis-replies.ts';
import { ruleMark } from './rule-mark.ts';
import {
  createScriptedStore,
  KEY_PREFIX,
  type ScriptedStoreOptions,
  type TotalsCommands,
} from './scripted-store.ts';
import { stateLifeMs } from './state-life.ts';

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

/** What score keeps in Redis, over one connection. */
export interface RedisState {
  readonly totals: TotalsStore;
  readonly journal: Journal;
}

/** Of the journal: see `RedisJournalOptions`. */
export interface RedisStateOptions extends RedisStoreOptions {
  readonly receiptsLifeMs: number;
  readonly refusesWhenLost: boolean;
  readonly now: () => number;
  readonly makeId: () => string;
}

/**
 * The scripted store on a real Redis, and the journal beside it.
 *
 * @throws ConfigError or AppError `state` as `connectRedis`.
 */
export async function openRedisState(options: RedisStateOptions): Promise<RedisState> {
  const { rule, stateTtlMs, keyPrefix = KEY_PREFIX } = options;
  const redis = await connect(options);
  const marksLifeMs = stateLifeMs(rule, stateTtlMs);
  const journal = await openRedisJournal({
    ...options,
    ...{ redis, keyPrefix, marksLifeMs, ruleMark: ruleMark(rule) },
  }).catch(async (error: unknown) => {
    await redis.close();
    throw error;
  });
  return { totals: createScriptedStore(commandsOf(redis), options), journal };
}

/** The scripted store alone. Rejects as `openRedisState`. */
export async function openRedisTotalsStore(options: RedisStoreOptions): Promise<TotalsStore> {
  return createScriptedStore(commandsOf(await connect(options)), options);
}

type Redis = Awaited<ReturnType<typeof connect>>;

function connect({ url, timeoutMs, log }: RedisStoreOptions) {
  return connectRedis({ url, timeoutMs, log, scripts, name: 'splitwatch-score' });
}

function commandsOf(redis: Redis): TotalsCommands {
  return {
    add: (keys, args) => redis.callBinary((client) => client.addTransaction(keys, args)),
    read: (keys, args) => redis.callBinary((client) => client.readPair(keys, args)),
    del: (key) => redis.call((client) => client.del(key)),
    problem: () => redis.problem(),
    close: () => redis.close(),
  };
}
