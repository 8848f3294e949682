import { lossKey } from '#shared/journal/epoch.ts';
import { countPassedOver, LOOK_BACK_MS } from '#shared/journal/passed-over.ts';
import { readMarks } from '#shared/journal/read-marks.ts';
import type { RedisConnection } from '#shared/redis/redis-connection.ts';
import type { LineHealth, LineWatch } from '../line-health.ts';

export interface LineWatchOptions {
  readonly redis: Pick<RedisConnection, 'call' | 'callBinary' | 'close'>;
  /** Score's. */
  readonly keyPrefix?: string;
  /** The clock, epoch milliseconds. */
  readonly now: () => number;
  /** Between two looks; 30 s unless given. */
  readonly intervalMs?: number;
}

/**
 * Looks at what score keeps in the same Redis. In another one there is nothing of score's, and
 * nothing is ever said. While Redis does not answer, the last look stands.
 */
export function createLineWatch(options: LineWatchOptions): LineWatch {
  const { redis, keyPrefix = 'sw', now, intervalMs = 30_000 } = options;
  const seen = new Map<string, number>();
  let health: LineHealth = { passedOver: 0, loss: undefined };
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  const ask = async (): Promise<LineHealth> => {
    const nowMs = now();
    const marks = await readMarks(redis, keyPrefix, nowMs - LOOK_BACK_MS);
    const loss = await redis.call((client) => client.get(lossKey(keyPrefix)));
    return { passedOver: countPassedOver(marks, seen, nowMs), loss: loss ?? undefined };
  };
  const look = async (): Promise<void> => {
    health = await ask().catch(() => health);
    if (!isStopped) timer = setTimeout(look, intervalMs).unref();
  };
  void look();
  return {
    health: () => health,
    close: async () => {
      isStopped = true;
      clearTimeout(timer);
      await redis.close();
    },
  };
}
