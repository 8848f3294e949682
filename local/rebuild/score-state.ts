import { decodeEpoch, type Epoch, encodeEpoch, epochKey, lossKey } from '#shared/journal/epoch.ts';
import type { RedisConnection } from '#shared/redis/redis-connection.ts';

type Redis = Pick<RedisConnection, 'call' | 'askMasters'>;

/** How it stands with score's totals, as all processes of score read it. */
export interface ScoreStanding {
  readonly epoch: Epoch | undefined;
  /** Why something acknowledged is missing; undefined while nothing is known to be. */
  readonly loss: string | undefined;
}

export async function readStanding(redis: Redis, keyPrefix: string): Promise<ScoreStanding> {
  const keys = [epochKey(keyPrefix), lossKey(keyPrefix)];
  const [epoch, loss] = await redis.call((client) => client.mGet(keys));
  return { epoch: decodeEpoch(epoch ?? ''), loss: loss ?? undefined };
}

/** From now on score takes nothing but what comes with this epoch's id. */
export async function beginRebuild(redis: Redis, keyPrefix: string, epoch: Epoch): Promise<void> {
  await writeEpoch(redis, keyPrefix, { ...epoch, isRebuilding: true });
  await redis.call((client) => client.del(lossKey(keyPrefix)));
}

/** Score takes transactions from everybody again. */
export async function endRebuild(redis: Redis, keyPrefix: string, epoch: Epoch): Promise<void> {
  await redis.call((client) => client.del(lossKey(keyPrefix)));
  await writeEpoch(redis, keyPrefix, epoch);
}

/** Score refuses everything, until the next rebuild. */
export async function abandonRebuild(redis: Redis, keyPrefix: string, epoch: Epoch): Promise<void> {
  const reason = 'the topic was not read again to its end';
  await redis.call((client) => client.set(lossKey(keyPrefix), reason));
  await writeEpoch(redis, keyPrefix, epoch);
}

async function writeEpoch(redis: Redis, keyPrefix: string, epoch: Epoch): Promise<void> {
  await redis.call((client) => client.set(epochKey(keyPrefix), encodeEpoch(epoch)));
}

/** Deletes up to some thousands of the keys that match, and says how many it did. */
const DELETE_SOME = `
local cursor, gone = '0', 0
repeat
  local found = redis.call('SCAN', cursor, 'MATCH', ARGV[1], 'COUNT', 1000)
  cursor = found[1]
  for _, key in ipairs(found[2]) do gone = gone + redis.call('UNLINK', key) end
until cursor == '0' or gone > 5000
return gone`;

/** Empties the totals of one rule, on each master. */
export async function emptyTotals(
  redis: Redis,
  { keyPrefix, mark }: { readonly keyPrefix: string; readonly mark: string },
): Promise<number> {
  let all = 0;
  for (;;) {
    const pattern = `${keyPrefix}:${mark}{*`;
    const gone = await redis.askMasters(['EVAL', DELETE_SOME, '0', pattern]);
    const sum = gone.reduce<number>((total, count) => total + Number(count), 0);
    if (sum === 0) return all;
    all += sum;
  }
}
