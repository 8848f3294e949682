import { createHash } from 'node:crypto';
import { type Pair, pairKey } from '#shared/domain/pair.ts';
import type { Rule } from '#shared/domain/rule.ts';
import type { Log } from '#shared/log.ts';
import { connectRedis } from '#shared/redis/client.ts';
import { luaScript } from '#shared/redis/lua-script.ts';
import { ADD_SCRIPT, READ_SCRIPT } from '../lua/scripts.ts';
import type { TotalsStore } from '../totals-store.ts';
import { readDecision, readPairTotal } from './redis-replies.ts';
import { stateLifeMs } from './state-life.ts';

export interface RedisStoreOptions {
  readonly url: string;
  readonly rule: Rule;
  /** Longest time that one call may take, milliseconds. */
  readonly timeoutMs: number;
  /** How long a pair that nothing happens to is kept, milliseconds (L5). */
  readonly stateTtlMs: number;
  readonly log: Log;
  /** In front of every key; tests keep apart by it. */
  readonly keyPrefix?: string;
  /** Entries of a large pair that are kept together, see ../lua/leaves.lua. */
  readonly leafEntries?: number;
}

const scripts = {
  addTransaction: luaScript(ADD_SCRIPT, (reply) => readDecision(reply as Buffer)),
  readPair: luaScript(READ_SCRIPT, (reply) => readPairTotal(reply as Buffer)),
};

/**
 * Smaller: less to rewrite for one out of order. Larger: fewer leaves to step over in a long
 * window.
 */
const LEAF_ENTRIES = 64;

/**
 * The store in Redis: one script call a transaction, atomic, on the keys of one pair, which carry
 * one hash tag. Cost is flat in the pair's transactions, for those out of order about one step for
 * each 64 of them (see ../lua/).
 *
 * @throws ConfigError or AppError `state` as `connectRedis`.
 */
export async function openRedisTotalsStore(options: RedisStoreOptions): Promise<TotalsStore> {
  const {
    url,
    rule,
    timeoutMs,
    stateTtlMs,
    log,
    keyPrefix = 'sw',
    leafEntries = LEAF_ENTRIES,
  } = options;
  const redis = await connectRedis({ url, timeoutMs, log, scripts, name: 'splitwatch-score' });
  const prefix = `${keyPrefix}:${ruleMark(rule)}`;
  const ruleArguments = [
    rule.windowMs,
    rule.allowedLatenessMs,
    rule.thresholdMinor,
    rule.updates,
    stateLifeMs(rule, stateTtlMs),
    leafEntries,
  ].map(String);

  return {
    add: (transaction) => {
      const { id, eventTimeMs, amountMinor } = transaction;
      return redis.callBinary((client) =>
        client.addTransaction(keysOf(prefix, transaction, id), [
          ...ruleArguments,
          id,
          String(eventTimeMs),
          String(amountMinor),
        ]),
      );
    },

    sent: async (transaction) => {
      const unsentKey = keysOf(prefix, transaction, transaction.id)[4] as string;
      try {
        await redis.call((client) => client.del(unsentKey));
      } catch (error) {
        // The event is sent again should the transaction come again: repeated, not lost (O3).
        log.warn({ error: String(error) }, 'a sent fraud event could not be noted as sent');
      }
    },

    read: (pair) =>
      redis.callBinary((client) => client.readPair(keysOf(prefix, pair), ruleArguments)),
    problem: () => redis.problem(),
    close: () => redis.close(),
  };
}

/** State, older leaves, ids, fraud records, unsent verdict of one transaction: ../lua/args.lua. */
function keysOf(prefix: string, pair: Pair, id = ''): string[] {
  const state = `${prefix}{${pairKey(pair)}:${pair.currency}}`;
  return [state, `${state}l`, `${state}i`, `${state}f`, `${state}o${id}`];
}

/**
 * Tells rules apart in keys: totals made under another window or threshold are another state, so
 * two revisions that overlap in a rollout cannot spoil each other's.
 */
function ruleMark(rule: Rule): string {
  const parts = [rule.id, rule.version, rule.windowMs, rule.allowedLatenessMs, rule.thresholdMinor];
  return createHash('sha256').update(parts.join(' ')).digest('base64url').slice(0, 6);
}
