import { randomUUID } from 'node:crypto';
import type { Rule } from '#shared/domain/rule.ts';
import { createLog } from '#shared/log.ts';
import { openRedisTotalsStore } from './redis-store.ts';
import { describeTotalsStore } from './store-contract.ts';

const open = (rule: Rule, leafEntries?: number) =>
  openRedisTotalsStore({
    url: process.env.REDIS_URL as string,
    rule,
    timeoutMs: 5000,
    stateTtlMs: 60_000,
    log: createLog('test', 'silent'),
    keyPrefix: `test-${randomUUID()}`,
    ...(leafEntries === undefined ? {} : { leafEntries }),
  });
const options = { runs: Number(process.env.PROPERTY_RUNS ?? 40) };

describeTotalsStore('the Redis store', (rule) => open(rule), options);
// Leaves of two and three entries: short sequences then part, fill and empty many leaves.
describeTotalsStore('the Redis store with leaves of 2', (rule) => open(rule, 2), options);
describeTotalsStore('the Redis store with leaves of 3', (rule) => open(rule, 3), options);
