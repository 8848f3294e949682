import { createLog } from '#shared/log.ts';
import { connectRedis } from '#shared/redis/client.ts';
import { freePorts } from './free-port.ts';
import { type GuardedProcess, makeTemporaryFolder, startGuarded } from './guarded-process.ts';
import type { RunningService } from './kafka-broker.ts';

const START_TIMEOUT_MS = 20_000;
const CALL_TIMEOUT_MS = 2_000;

/** Settings wherever it runs. Eviction would lose money silently, so it is off (spec L5). */
export function redisSettings(isPersistent: boolean): string[] {
  const persistence = isPersistent ? ['yes', '--appendfsync', 'everysec'] : ['no'];
  return ['--save', '', '--maxmemory-policy', 'noeviction', '--appendonly', ...persistence];
}

/**
 * A Redis on a free loopback port, with its folder among the temporary ones. Resolves when it
 * answers. `isPersistent`: it keeps an append-only file, as in production, while it runs.
 */
export async function startRedisServer(
  program: string,
  isPersistent: boolean,
): Promise<RunningService> {
  const place = await placeForRedis();
  const { stop } = await runRedisServer(program, redisSettings(isPersistent), place);
  return { address: `redis://127.0.0.1:${place.port}`, stop };
}

/** Where a Redis listens and keeps its files, over restarts. */
export interface RedisPlace {
  readonly port: number;
  readonly folder: string;
}

export async function placeForRedis(): Promise<RedisPlace> {
  const [port = 0] = await freePorts(1);
  return { port, folder: await makeTemporaryFolder('redis') };
}

/** One at this place, with what its files hold. Resolves when it answers. */
export async function runRedisServer(
  program: string,
  settings: readonly string[],
  { port, folder }: RedisPlace,
): Promise<GuardedProcess> {
  const where = ['--bind', '127.0.0.1', '--port', String(port), '--dir', folder];
  const command: [string, ...string[]] = [program, ...where, '--daemonize', 'no', ...settings];
  const server = startGuarded({ name: 'redis', command, folder, signal: 'TERM' });
  try {
    await redisAnswers(`redis://127.0.0.1:${port}`, START_TIMEOUT_MS);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return server;
}

/**
 * Resolves when the Redis at `url` answers and may not evict keys.
 * @throws Error, one line that says what is wrong with it.
 */
export async function redisAnswers(url: string, startTimeoutMs: number): Promise<void> {
  const log = createLog('services', 'silent');
  const connection = await connectRedis({ url, timeoutMs: CALL_TIMEOUT_MS, log, startTimeoutMs });
  await connection.close();
}
