import type { Rule } from '#shared/domain/rule.ts';
import type { Log } from '#shared/log.ts';
import type { ScoreConfig } from './config.ts';
import { createMemoryTotalsStore } from './store/memory-store.ts';
import { openRedisTotalsStore } from './store/redis-store.ts';
import type { TotalsStore } from './totals-store.ts';

/** The store that `REDIS_URL` names, open. Rejects when it cannot be used as it is set up. */
export async function openStore(config: ScoreConfig, rule: Rule, log: Log): Promise<TotalsStore> {
  const stateTtlMs = config.STATE_TTL_MS;
  if (config.REDIS_URL.startsWith('memory:')) {
    return createMemoryTotalsStore({ rule, stateTtlMs, now: Date.now });
  }
  const timeoutMs = config.STORE_TIMEOUT_MS;
  return openRedisTotalsStore({ url: config.REDIS_URL, rule, timeoutMs, stateTtlMs, log });
}
