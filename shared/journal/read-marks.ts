import type { RedisConnection } from '#shared/redis/redis-connection.ts';
import {
  chunkKey,
  chunksKey,
  firstMarksKey,
  intervalsOf,
  type MarkedInterval,
  withBits,
} from './offset-marks.ts';

/** What is marked, by partition. */
export type Marks = ReadonlyMap<number, readonly MarkedInterval[]>;

/**
 * What score has marked in Redis: all of it, or what was begun upon since a moment, epoch
 * milliseconds. Two reads for each 2^15 offsets. Rejects as `redis.call`.
 */
export async function readMarks(
  redis: Pick<RedisConnection, 'call' | 'callBinary'>,
  keyPrefix: string,
  sinceMs = 0,
): Promise<Marks> {
  const names = await redis.call((client) =>
    client.zRangeByScore(chunksKey(keyPrefix), sinceMs, '+inf'),
  );
  const partitions = new Map<number, Map<number, Uint8Array>>();
  for (const name of names) {
    const [partition = 0, chunk = 0] = name.split(':').map(Number);
    const key = chunkKey(keyPrefix, partition, chunk);
    const firstKey = firstMarksKey(keyPrefix, partition, chunk);
    const [bytes, first] = await Promise.all([
      redis.callBinary((client) => client.get(key)),
      redis.call((client) => client.sMembers(firstKey)),
    ]);
    const chunks = partitions.get(partition) ?? new Map<number, Uint8Array>();
    const marked = withBits(bytes ?? Buffer.alloc(0), first.map(Number));
    partitions.set(partition, chunks.set(chunk, marked));
  }
  return new Map([...partitions].map(([partition, chunks]) => [partition, intervalsOf(chunks)]));
}
