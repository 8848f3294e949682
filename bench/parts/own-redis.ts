import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@redis/client';
import { startOwnRedisServer } from '#shared/redis/own-redis-server.ts';

export interface OwnRedis {
  readonly url: string;
  readonly pid: number;
  /** A number of its INFO. */
  readonly info: (name: string) => Promise<number>;
  readonly tell: (...words: string[]) => Promise<unknown>;
  readonly stop: () => Promise<void>;
}

/** A redis-server of the benchmark's own; it keeps an append-only file, synced each second. */
export async function startOwnRedis(options: { hasFile: boolean }): Promise<OwnRedis> {
  const folder = await mkdtemp(join(tmpdir(), 'splitwatch-bench-redis-'));
  const file = options.hasFile ? ['--appendonly', 'yes', '--appendfsync', 'everysec'] : [];
  const server = await startOwnRedisServer(['--dir', folder, ...file]);
  const client = createClient({ url: server.url });
  client.on('error', () => {}); // it ends when its server does
  await client.connect();
  const info = async (name: string): Promise<number> => {
    const line = new RegExp(`^${name}:([\\d.]+)`, 'm').exec(await client.info());
    return Number(line?.[1] ?? Number.NaN);
  };
  return {
    url: server.url,
    pid: await info('process_id'),
    info,
    tell: (...words) => client.sendCommand(words),
    stop: async () => {
      client.destroy();
      await server.kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
