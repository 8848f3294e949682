import { randomBytes } from 'node:crypto';
import type { Log } from '#shared/log.ts';
import { connectRedis } from '#shared/redis/client.ts';
import { luaScript } from '#shared/redis/lua-script.ts';
import { isClusterUrl } from '#shared/redis/redis-url.ts';
import type { Journal } from '../journal.ts';
import { ADD_SCRIPT, COMMIT_SCRIPT, HAND_OVER_SCRIPT, READ_SCRIPT } from '../lua/scripts.ts';
import type { TotalsStore } from '../totals-store.ts';
import { openRedisJournal } from './redis-journal.ts';
import { readDecision, readPairTotal } from './redis-replies.ts';
import { ruleMark } from './rule-mark.ts';
import { createScriptedStore, KEY_PREFIX, type ScriptedStoreOptions } from './scripted-store.ts';
import { stateLifeMs } from './state-life.ts';
import { commitWords, type PairCommit, refusedOf, type TotalsCommands } from './totals-commands.ts';

export interface RedisStoreOptions extends Omit<ScriptedStoreOptions, 'chance'> {
  readonly url: string;
  readonly log: Log;
}

const scripts = {
  addTransaction: luaScript(ADD_SCRIPT, (reply) => readDecision(reply as Buffer)),
  commitPairs: luaScript(COMMIT_SCRIPT, (reply) => refusedOf(String(reply))),
  handOverPair: luaScript(HAND_OVER_SCRIPT, (reply) => String(reply) === '1'),
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
  return { totals: storeOver(redis, options), journal };
}

/** The scripted store alone. Rejects as `openRedisState`. */
export async function openRedisTotalsStore(options: RedisStoreOptions): Promise<TotalsStore> {
  return storeOver(await connect(options), options);
}

type Redis = Awaited<ReturnType<typeof connect>>;

function connect({ url, timeoutMs, log }: RedisStoreOptions) {
  return connectRedis({ url, timeoutMs, log, scripts, name: 'splitwatch-score' });
}

function storeOver(redis: Redis, options: RedisStoreOptions): TotalsStore {
  const chance = randomBytes(4).readUInt32BE() / 2 ** 32;
  return createScriptedStore(commandsOf(redis, isClusterUrl(options.url)), { ...options, chance });
}

function commandsOf(redis: Redis, isCluster: boolean): TotalsCommands {
  const commit = (commits: readonly PairCommit[], lifeMs: number): Promise<number[]> => {
    const { keys, args } = commitWords(commits, lifeMs);
    return redis.call((client) => client.commitPairs(keys, args));
  };
  return {
    ...(isCluster ? oneByOne(redis, commit) : allAtOnce(redis, commit)),
    handOver: (keys, args) => redis.call((client) => client.handOverPair(keys, args)),
    add: (keys, args) => redis.callBinary((client) => client.addTransaction(keys, args)),
    read: (keys, args) => redis.callBinary((client) => client.readPair(keys, args)),
    problem: () => redis.problem(),
    close: () => redis.close(),
  };
}

type OverPairs = Pick<TotalsCommands, 'isSpread' | 'get' | 'commit' | 'del'>;

function allAtOnce(redis: Redis, commit: TotalsCommands['commit']): OverPairs {
  return {
    isSpread: false,
    commit,
    get: (keys) => redis.call((client) => client.mGet([...keys])),
    del: (keys) => redis.call((client) => client.del([...keys])),
  };
}

/** A call may name one slot, so each pair has its own; the client sends them without waiting. */
function oneByOne(redis: Redis, commit: TotalsCommands['commit']): OverPairs {
  return {
    isSpread: true,
    get: (keys) => redis.call((client) => Promise.all(keys.map((key) => client.get(key)))),
    del: (keys) => redis.call((client) => Promise.all(keys.map((key) => client.del(key)))),
    commit: async (commits, lifeMs) => {
      const refused = await Promise.all(commits.map((one) => commit([one], lifeMs)));
      return refused.flatMap(({ length }, index) => (length === 0 ? [] : [index]));
    },
  };
}
