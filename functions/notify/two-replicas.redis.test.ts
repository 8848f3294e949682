import { randomUUID } from 'node:crypto';
import { createClient } from '@redis/client';
import { pino } from 'pino';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { type NotifyHarness, startApp } from './app-harness.ts';
import { fraudOf } from './fraud-examples.ts';
import { readAlertEvents } from './read-stream.ts';
import { DEFAULT_RETENTION } from './store/memory-store.ts';
import { openRedisAlertStore } from './store/redis-store.ts';

const url = process.env.REDIS_URL;
if (url === undefined) throw new Error('REDIS_URL is not set: run ./splitwatch test');
const log = pino({ level: 'silent' });
const keyPrefix = `test-replicas-${randomUUID()}`;

afterAll(async () => {
  const client = createClient({ url });
  await client.connect();
  for await (const keys of client.scanIterator({ MATCH: `${keyPrefix}*`, COUNT: 1000 })) {
    if (keys.length > 0) await client.unlink(keys);
  }
  await client.close();
});

/** A replica with a connection of its own to the one Redis. */
async function startReplica(prefix: string): Promise<NotifyHarness> {
  const store = await openRedisAlertStore({
    ...DEFAULT_RETENTION,
    ...{ url: url as string, timeoutMs: 5_000, log, keyPrefix: prefix },
  });
  const replica = await startApp({ store });
  onTestFinished(async () => {
    await replica.stop();
    await store.close();
  });
  return replica;
}

const alertsOf = async (replica: NotifyHarness) => (await replica.get('/alerts')).json();

test('a stream on one replica shows what was posted to the other, and both list the same', async () => {
  const [a, b] = [await startReplica(`${keyPrefix}-1`), await startReplica(`${keyPrefix}-1`)];
  await a.post(fraudOf({ alertId: 'before' }));
  const reading = readAlertEvents(await b.get('/events'), 3);
  await a.post(fraudOf({ alertId: 'one' }));
  await b.post(fraudOf({ alertId: 'two' }));
  await a.post(fraudOf({ alertId: 'before', sequence: 2 }));
  const shown = (await reading).map(({ data }) => JSON.parse(data) as { alertId: string });
  expect(shown.map(({ alertId }) => alertId)).toEqual(['one', 'two', 'before']);
  const listed = await alertsOf(a);
  expect(listed).toEqual(await alertsOf(b));
  expect(listed).toMatchObject({ summary: { alerts: 3, updates: 1 } });
});

test('one replica does not tell again what the other has told (D5)', async () => {
  const [a, b] = [await startReplica(`${keyPrefix}-2`), await startReplica(`${keyPrefix}-2`)];
  for (const sequence of [1, 2]) {
    expect((await a.post(fraudOf({ sequence }))).status).toBe(204);
    expect((await b.post(fraudOf({ sequence }))).status).toBe(204);
  }
  expect(a.told.map(({ sequence }) => sequence)).toEqual([1, 2]);
  expect(b.told).toEqual([]);
});
