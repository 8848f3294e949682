import type { Pair } from '#shared/domain/pair.ts';
import type { PairTotal, TotalsStore } from '../../functions/score/totals-store.ts';
import { type LogTotal, nameOfPair } from './pair-totals.ts';

type Total = Pick<PairTotal, 'newestTimeMs' | 'totalMinor' | 'transactionCount'>;

/** A pair whose total in Redis is not what the log says. */
export interface TotalDifference {
  readonly pair: Pair;
  readonly log: Total;
  /** Undefined: Redis knows nothing of the pair. */
  readonly redis: Total | undefined;
  /** Transactions of the window that only one of the two has, some of them. */
  readonly onlyInLog: readonly string[];
  readonly onlyInRedis: readonly string[];
}

export function isSameTotal(log: LogTotal, redis: PairTotal | undefined): boolean {
  return (
    redis !== undefined &&
    redis.newestTimeMs === log.newestTimeMs &&
    redis.totalMinor === log.totalMinor &&
    redis.transactionCount === log.transactionCount
  );
}

/**
 * What Redis has of the pairs, by name; at most so many asked for at once. Rejects as the store.
 */
export async function readTotals(
  pairs: Iterable<Pair>,
  store: Pick<TotalsStore, 'read'>,
  atOnce = 64,
): Promise<ReadonlyMap<string, PairTotal | undefined>> {
  const found = new Map<string, PairTotal | undefined>();
  const left = pairs[Symbol.iterator]();
  const work = async (): Promise<void> => {
    for (let next = left.next(); !next.done; next = left.next()) {
      found.set(nameOfPair(next.value), await store.read(next.value));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return found;
}

const LISTED_MAX = 10;

/** The difference in words that can be printed. Pure. */
export function differenceOf(log: LogTotal, redis: PairTotal | undefined): TotalDifference {
  const inRedis = new Set(redis?.members.map(({ id }) => id));
  const inLog = new Set(log.memberIds);
  const isListed = redis === undefined || redis.members.length === redis.transactionCount;
  return {
    ...{ pair: log.pair, log: totalOf(log), redis: redis && totalOf(redis) },
    onlyInLog: isListed ? [...inLog].filter((id) => !inRedis.has(id)).slice(0, LISTED_MAX) : [],
    onlyInRedis: [...inRedis].filter((id) => !inLog.has(id)).slice(0, LISTED_MAX),
  };
}

function totalOf({ newestTimeMs, totalMinor, transactionCount }: Total): Total {
  return { newestTimeMs, totalMinor, transactionCount };
}
