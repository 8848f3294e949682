import type { Fraud } from '#shared/domain/fraud.ts';
import { AppError } from '#shared/errors.ts';
import type { Log } from '#shared/log.ts';
import { connectRedis } from '#shared/redis/client.ts';
import { luaScript } from '#shared/redis/lua-script.ts';
import type { RedisConnection } from '#shared/redis/redis-connection.ts';
import {
  type AlertChange,
  type AlertPage,
  type AlertQuery,
  type AlertStore,
  type AlertSummary,
  isWanted,
  type Retention,
  type StoredAlert,
  type Upserted,
} from '../alert-store.ts';
import { isToldOf, overThresholdMinor, upsertAlert } from '../core/alert.ts';
import { MARK_TOLD_SCRIPT, UPSERT_SCRIPT } from '../lua/scripts.ts';
import { decodeAlert, encodeAlert } from './alert-codec.ts';

export interface RedisAlertStoreOptions extends Retention {
  readonly url: string;
  /** Longest time that one call may take, milliseconds. */
  readonly timeoutMs: number;
  readonly log: Log;
  /** In front of every key; tests keep apart by it. */
  readonly keyPrefix?: string;
}

const scripts = {
  writeAlert: luaScript(UPSERT_SCRIPT, (reply) => reply === 1),
  markTold: luaScript(MARK_TOLD_SCRIPT, () => undefined),
};

type Redis = RedisConnection<typeof scripts>;

/** Replicas that write one alert at the same moment: each of them but one reads again. */
const ATTEMPTS_MAX = 10;

/** A query with a filter looks at so many alerts at most before it answers with what it has. */
const SCAN_MAX = 5_000;
const FILTER_PAGE = 250;

/** No sum of so many alerts overflows Redis' 64-bit counters. */
const OVER_MAX_MINOR = 9_000_000_000_000n;

/**
 * The store in Redis, which all replicas share. Six keys with one hash tag: the alerts as JSON,
 * two orders of them, what the counters need, and of which people were told. Reads take two round
 * trips, an upsert two.
 *
 * @throws ConfigError or AppError `state` as `connectRedis`.
 */
export async function openRedisAlertStore(options: RedisAlertStoreOptions): Promise<AlertStore> {
  const { url, timeoutMs, log, keyPrefix = 'sw' } = options;
  const keys = keysOf(keyPrefix);
  const redis = await connectRedis({
    ...{ url, timeoutMs, log, scripts, name: 'splitwatch-notify' },
    writeProbeKey: keyOf(keyPrefix, 'write-probe'),
  });
  return {
    upsert: (fraud, nowMs) => upsert({ redis, keys, options }, fraud, nowMs),
    markTold: async (alertId, sequence) => {
      const { standing, told } = keys;
      await redis.call((c) => c.markTold([standing, told], [alertId, String(sequence)]));
    },
    read: async (alertId) => (await readAll({ redis, keys }, [alertId]))[0],
    list: (query) => list({ redis, keys }, query),
    changesAfter: (position, limit) => changesAfter({ redis, keys }, position, limit),
    newestPosition: async () => {
      const [last, [newest]] = await redis.call((c) =>
        Promise.all([
          c.hGet(keys.counts, 'newest'),
          c.zRangeWithScores(keys.feed, 0, 0, { REV: true }),
        ]),
      );
      return Math.max(Number(last ?? 0), newest?.score ?? 0);
    },
    summary: () => summary({ redis, keys }),
    problem: () => redis.problem(),
    close: () => redis.close(),
  };
}

interface Context {
  readonly redis: Redis;
  readonly keys: Keys;
}

async function upsert(
  context: Context & { readonly options: Retention },
  fraud: Fraud,
  nowMs: number,
): Promise<Upserted> {
  const { redis, keys, options } = context;
  const { alertId } = fraud;
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const [text, told] = await redis.call((c) =>
      Promise.all([c.hGet(keys.body, alertId), c.hGet(keys.told, alertId)]),
    );
    const known = text === null ? undefined : decodeAlert(text);
    const result = upsertAlert(known, fraud, nowMs);
    if (result.kind === 'known') {
      return { kind: 'known', isTold: isToldOf(fraud.sequence, known, Number(told ?? 0)) };
    }
    const over = overThresholdMinor(fraud);
    const isWritten = await redis.call((c) =>
      c.writeAlert(Object.values(keys), [
        alertId,
        String(known?.fraud.sequence ?? 0),
        String(fraud.sequence),
        String(over < OVER_MAX_MINOR ? over : OVER_MAX_MINOR),
        fraud.pair.currency,
        encodeAlert(result.alert),
        String(nowMs),
        String(options.keepAlerts),
        String(nowMs - options.keepMs),
      ]),
    );
    if (isWritten) return { kind: result.kind, isTold: false };
  }
  throw new AppError('state', 'the alert is being written by too many replicas at once');
}

/** The alerts of these ids that are still kept, in the ids' order. */
async function readAll(
  { redis, keys }: Context,
  ids: readonly string[],
): Promise<(StoredAlert | undefined)[]> {
  if (ids.length === 0) return [];
  const [texts, positions] = await redis.call((c) =>
    Promise.all([c.hmGet(keys.body, [...ids]), c.zmScore(keys.order, [...ids])]),
  );
  return ids.map((_id, i) => {
    const [text, openedPosition] = [texts[i], positions[i]];
    if (typeof text !== 'string' || typeof openedPosition !== 'number') return undefined;
    return { ...decodeAlert(text), openedPosition };
  });
}

/** Pages through the order, newest first, until enough alerts are wanted ones. */
async function list(context: Context, query: AlertQuery): Promise<AlertPage> {
  const { redis, keys } = context;
  const { limit } = query;
  const isFiltered = Boolean(query.origin ?? query.target ?? query.account);
  const count = isFiltered ? Math.max(limit + 1, FILTER_PAGE) : limit + 1;
  const found: StoredAlert[] = [];
  let before = query.before;
  for (let scanned = 0; scanned < SCAN_MAX; scanned += count) {
    const end = before === undefined ? '+inf' : `(${before}`;
    const range = { BY: 'SCORE', REV: true, LIMIT: { offset: 0, count } } as const;
    const page = await redis.call((c) => c.zRangeWithScores(keys.order, end, '-inf', range));
    const alerts = await readAll(
      context,
      page.map(({ value }) => value),
    );
    for (const alert of alerts) {
      if (alert !== undefined && isWanted(alert.fraud, query)) found.push(alert);
    }
    if (found.length > limit) {
      const shown = found.slice(0, limit);
      return { alerts: shown, next: shown.at(-1)?.openedPosition };
    }
    if (page.length < count) return { alerts: found, next: undefined };
    before = page.at(-1)?.score;
  }
  return { alerts: found, next: before };
}

async function changesAfter(
  context: Context,
  position: number,
  limit: number,
): Promise<AlertChange[]> {
  const { redis, keys } = context;
  const page = await redis.call((c) =>
    c.zRangeWithScores(keys.feed, `(${position}`, '+inf', {
      BY: 'SCORE',
      LIMIT: { offset: 0, count: limit },
    }),
  );
  const alerts = await readAll(
    context,
    page.map(({ value }) => value),
  );
  // An alert that was forgotten in between is left out; one that changed in between comes again.
  return page.flatMap(({ score }, i) => {
    const alert = alerts[i];
    return alert === undefined ? [] : [{ position: score, alert }];
  });
}

async function summary({ redis, keys }: Context): Promise<AlertSummary> {
  const [alerts, counts] = await redis.call((c) =>
    Promise.all([c.zCard(keys.order), c.hGetAll(keys.counts)]),
  );
  const overMinor: Record<string, bigint> = {};
  for (const [name, count] of Object.entries(counts)) {
    if (name.startsWith('over:') && count !== '0') overMinor[name.slice(5)] = BigInt(count);
  }
  return { alerts, updates: Number(counts.updates ?? 0), overMinor };
}

type Keys = ReturnType<typeof keysOf>;

/** In the order in which the script takes them. */
function keysOf(prefix: string) {
  const key = (name: string): string => keyOf(prefix, name);
  return {
    order: key('order'),
    feed: key('feed'),
    body: key('body'),
    standing: key('standing'),
    counts: key('counts'),
    told: key('told'),
  };
}

/** One hash tag, so that the scripts run on a Redis Cluster too: all alerts are on one master. */
function keyOf(prefix: string, name: string): string {
  return `${prefix}:{alerts}:${name}`;
}
