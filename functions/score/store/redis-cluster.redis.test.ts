import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe } from 'vitest';
import type { Rule } from '#shared/domain/rule.ts';
import { createLog } from '#shared/log.ts';
import { type OwnRedisCluster, startOwnRedisCluster } from '#shared/redis/own-redis-cluster.ts';
import { openRedisTotalsStore } from './redis-store.ts';
import { describeTotalsStore } from './store-contract.ts';

let cluster: OwnRedisCluster;
beforeAll(async () => {
  cluster = await startOwnRedisCluster();
}, 60_000);
afterAll(() => cluster.kill());

const open = (rule: Rule, sizes: { textEntries?: number; leafEntries?: number } = {}) =>
  openRedisTotalsStore({
    ...{ url: cluster.url, rule, timeoutMs: 5_000, stateTtlMs: 60_000 },
    ...{ log: createLog('test', 'silent'), keyPrefix: `test-${randomUUID()}` },
    ...sizes,
  });
const options = { runs: Number(process.env.PROPERTY_RUNS ?? 10) };

describe('on a Redis Cluster', () => {
  describeTotalsStore('the Redis store', (rule) => open(rule), options);
  const small = { textEntries: 2, leafEntries: 3 };
  describeTotalsStore('the Redis store with leaves of 3', (rule) => open(rule, small), options);
});
