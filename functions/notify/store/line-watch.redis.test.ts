import { randomUUID } from 'node:crypto';
import { expect, it, onTestFinished, vi } from 'vitest';
import { lossKey } from '#shared/journal/epoch.ts';
import { bitOf, chunkKey, chunksKey } from '#shared/journal/offset-marks.ts';
import { createLog } from '#shared/log.ts';
import { connectRedis } from '#shared/redis/client.ts';
import { createLineWatch } from './line-watch.ts';

it('tells of offsets passed over minutes ago, and of a loss until it is repaired (L3, L4)', async () => {
  const log = createLog('test', 'silent');
  const url = process.env.REDIS_URL as string;
  const redis = await connectRedis({ url, timeoutMs: 5000, log });
  const keyPrefix = `test-${randomUUID()}`;
  let nowMs = Date.parse('2026-11-22T10:00:00.000Z');
  const watch = createLineWatch({ redis, keyPrefix, now: () => nowMs, intervalMs: 5 });
  onTestFinished(() => watch.close());
  await redis.call(async (client) => {
    for (const offset of [0, 1, 4]) {
      await client.setBit(chunkKey(keyPrefix, 3, 0), bitOf(offset, 'accepted'), 1);
    }
    await client.zAdd(chunksKey(keyPrefix), { score: nowMs, value: '3:0' });
    return client.set(lossKey(keyPrefix), 'Redis has lost something');
  });
  await vi.waitFor(() => expect(watch.health().loss).toBe('Redis has lost something'));
  expect(watch.health().passedOver).toBe(0);
  nowMs += 180_000;
  await vi.waitFor(() => expect(watch.health().passedOver).toBe(2));
  await redis.call((client) => client.del(lossKey(keyPrefix)));
  await vi.waitFor(() => expect(watch.health().loss).toBeUndefined());
});
