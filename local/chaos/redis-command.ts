import { setTimeout as sleep } from 'node:timers/promises';
import { createClient, type RedisArgument } from '@redis/client';

const DEADLINE_MS = 30_000;
const PAUSE_MS = 100;

/**
 * One command on a connection of its own, beside all proxies, tried until Redis has answered it:
 * faults overlap, and it may be away just now. Only for commands that may be repeated.
 */
export async function redisCommand(url: string, ...command: RedisArgument[]): Promise<string> {
  const endMs = performance.now() + DEADLINE_MS;
  for (;;) {
    const client = createClient({
      url,
      socket: { reconnectStrategy: false, connectTimeout: 2000 },
    });
    client.on('error', () => {}); // the command says so too
    try {
      await client.connect();
      return String(await client.sendCommand(command));
    } catch (error) {
      if (performance.now() > endMs) throw error;
    } finally {
      if (client.isOpen) client.destroy();
    }
    await sleep(PAUSE_MS);
  }
}

/** The numbers of INFO, by name. */
export async function redisInfo(url: string): Promise<ReadonlyMap<string, number>> {
  const text = await redisCommand(url, 'INFO');
  return new Map([...text.matchAll(/^(\w+):(\d+)\r?$/gm)].map(([, k = '', n]) => [k, Number(n)]));
}
