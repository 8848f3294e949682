import { randomUUID } from 'node:crypto';
import { createClient } from '@redis/client';
import { pino } from 'pino';
import { afterAll, expect, it, onTestFinished } from 'vitest';
import { startOwnRedisServer } from '#shared/redis/own-redis-server.ts';
import { fraudOf } from '../fraud-examples.ts';
import { DEFAULT_RETENTION } from './memory-store.ts';
import { openRedisAlertStore } from './redis-store.ts';
import { describeAlertStore } from './store-contract.ts';

const url = process.env.REDIS_URL;
if (url === undefined) throw new Error('REDIS_URL is not set: run ./splitwatch test');
const log = pino({ level: 'silent' });
const run = `test-notify-${randomUUID()}`;
let stores = 0;

const open = (keyPrefix: string, retention = {}) =>
  openRedisAlertStore({
    ...DEFAULT_RETENTION,
    ...retention,
    ...{ url, timeoutMs: 5_000, log, keyPrefix },
  });

afterAll(async () => {
  const client = createClient({ url });
  await client.connect();
  for await (const keys of client.scanIterator({ MATCH: `${run}*`, COUNT: 1000 })) {
    if (keys.length > 0) await client.unlink(keys);
  }
  await client.close();
});

describeAlertStore('the store in Redis', (retention) => open(`${run}-${stores++}`, retention), {
  runs: 20,
});

it('shows the same to two replicas, and one alert written by both is written once', async () => {
  const [a, b] = [await open(`${run}-two`), await open(`${run}-two`)];
  const results = await Promise.all(
    [1, 2, 3, 4, 5, 6].map((sequence) =>
      (sequence % 2 ? a : b).upsert(fraudOf({ alertId: 'shared', sequence }), Date.now()),
    ),
  );
  expect(results.filter(({ kind }) => kind === 'new')).toHaveLength(1);
  expect(await a.list({ limit: 5 })).toEqual(await b.list({ limit: 5 }));
  expect((await b.read('shared'))?.fraud.sequence).toBe(6);
  expect(await a.newestPosition()).toBe(await b.newestPosition());
  await Promise.all([a.close(), b.close()]);
});

it('goes on above every position that was given out, after Redis has lost everything', async () => {
  const server = await startOwnRedisServer();
  onTestFinished(server.kill);
  const store = await openRedisAlertStore({
    ...DEFAULT_RETENTION,
    ...{ url: server.url, timeoutMs: 1_000, log },
  });
  const NOW = 1_800_000_000_000;
  for (let i = 0; i < 3; i++) await store.upsert(fraudOf({ alertId: `a${i}` }), NOW);
  const seen = await store.newestPosition();
  const client = createClient({ url: server.url });
  await client.connect();
  await client.flushAll();
  await client.close();
  await store.upsert(fraudOf({ alertId: 'after' }), NOW + 1);
  expect((await store.changesAfter(seen, 5)).map((c) => c.alert.fraud.alertId)).toEqual(['after']);
  await store.close();
});
