import { randomUUID } from 'node:crypto';
import type { Rule } from '#shared/domain/rule.ts';
import type { Log } from '#shared/log.ts';
import type { ScoreConfig } from './config.ts';
import type { Journal } from './journal.ts';
import { createMemoryJournal } from './store/memory-journal.ts';
import { createMemoryTotalsStore } from './store/memory-store.ts';
import { openRedisState } from './store/redis-store.ts';
import type { TotalsStore } from './totals-store.ts';

export interface ScoreState {
  readonly totals: TotalsStore;
  readonly journal: Journal;
}

/** The state that `REDIS_URL` names, open. Rejects when it cannot be used as it is set up. */
export async function openState(config: ScoreConfig, rule: Rule, log: Log): Promise<ScoreState> {
  const { STATE_TTL_MS: stateTtlMs, RECEIPTS_MS: receiptsLifeMs } = config;
  const now = Date.now;
  if (config.REDIS_URL.startsWith('memory:')) {
    return {
      totals: createMemoryTotalsStore({ rule, stateTtlMs, now }),
      journal: createMemoryJournal({ now, receiptsLifeMs }),
    };
  }
  return openRedisState({
    ...{ url: config.REDIS_URL, rule, timeoutMs: config.STORE_TIMEOUT_MS, stateTtlMs, log, now },
    ...{ receiptsLifeMs, makeId: randomUUID },
    refusesWhenLost: config.STATE_LOSS === 'refuse',
  });
}
