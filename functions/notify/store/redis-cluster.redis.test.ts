import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { afterAll, beforeAll } from 'vitest';
import { type OwnRedisCluster, startOwnRedisCluster } from '#shared/redis/own-redis-cluster.ts';
import { DEFAULT_RETENTION } from './memory-store.ts';
import { openRedisAlertStore } from './redis-store.ts';
import { describeAlertStore } from './store-contract.ts';

let cluster: OwnRedisCluster;
beforeAll(async () => {
  cluster = await startOwnRedisCluster();
}, 60_000);
afterAll(() => cluster.kill());

describeAlertStore(
  'the store in a Redis Cluster',
  (retention) =>
    openRedisAlertStore({
      ...DEFAULT_RETENTION,
      ...retention,
      ...{ url: cluster.url, timeoutMs: 5_000, log: pino({ level: 'silent' }) },
      keyPrefix: `test-${randomUUID()}`,
    }),
  { runs: 10 },
);
