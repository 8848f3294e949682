import { createClient } from '@redis/client';
import { afterEach, describe, expect, it } from 'vitest';
import { freePorts } from './free-port.ts';
import { redisAnswers } from './redis-server.ts';
import { type Services, startServices } from './start-services.ts';

let services: Services | undefined;
afterEach(() => services?.stop());

/** Our own environment, without a Redis that is already there. */
const WITHOUT = { ...process.env, REDIS_URL: undefined };

async function start(persist: boolean): Promise<string> {
  services = await startServices({
    ...{ redis: true, kafka: false, persist, log: () => {}, environment: WITHOUT },
  });
  return services.redisUrl ?? '';
}

async function settingsOf(url: string): Promise<Record<string, string>> {
  const client = createClient({ url });
  await client.connect();
  try {
    return { ...(await client.configGet(['maxmemory-policy', 'save', 'appendonly'])) };
  } finally {
    client.destroy();
  }
}

describe('a Redis that we start', () => {
  it('keeps nothing on disk and may not evict keys (L5)', async () => {
    expect(await settingsOf(await start(false))).toEqual({
      'maxmemory-policy': 'noeviction',
      save: '',
      appendonly: 'no',
    });
  });

  it('keeps an append-only file when asked to', async () => {
    expect(await settingsOf(await start(true))).toMatchObject({ appendonly: 'yes' });
  });

  it('is gone after stop, which may be called twice', async () => {
    const url = await start(false);
    await services?.stop();
    await services?.stop();
    await expect(redisAnswers(url, 200)).rejects.toThrow(/127\.0\.0\.1/);
  });
});

describe('a Redis that REDIS_URL names', () => {
  it('is used as it is, and is still there after stop', async () => {
    const url = await start(false);
    const environment = { ...process.env, REDIS_URL: url };
    const other = await startServices({ redis: true, kafka: false, log: () => {}, environment });
    expect(other).toMatchObject({ redisUrl: url });
    await other.stop();
    await redisAnswers(url, 2_000);
  });

  it('is refused with one line when it does not answer', async () => {
    const [port] = await freePorts(1);
    const environment = { ...process.env, REDIS_URL: `redis://127.0.0.1:${port}` };
    await expect(
      startServices({ redis: true, kafka: false, log: () => {}, environment }),
    ).rejects.toThrow(new RegExp(`127\\.0\\.0\\.1:${port}`));
  });
});
