import type { BenchOptions } from '../benchmark.ts';
import { inBatches, type PairTraffic, transactionsOfAll } from '../load/batch-traffic.ts';
import { createBatchPoster } from '../load/post-batches.ts';
import type { OwnRedis } from '../parts/own-redis.ts';
import { cpuUsOf } from '../parts/process-cost.ts';
import type { MeasuredProcess } from '../parts/score-process.ts';
import { byTurns, median } from '../statistics.ts';

const WINDOW_MS = 600_000;
const WINDOWS_KEPT = 3;
const IN_WINDOW = [1, 2, 5, 10, 30, 100, 300, 1000, 3000, 10_000] as const;
const ROUNDS = 5;
/** One transaction of each in a batch, so that no pair's come together. */
const PAIRS = 16;
const BATCHES = 500;
const FILL_BATCH = 800;

export interface WindowCost {
  readonly inWindow: number;
  /** Processor time a transaction, microseconds. */
  readonly scoreUs: number;
  readonly redisUs: number;
}

/** What one more transaction in order costs, by how many the pair's window holds. */
export async function measureCosts(
  { rounds = ROUNDS, log }: BenchOptions,
  redis: OwnRedis,
  score: MeasuredProcess,
): Promise<readonly WindowCost[]> {
  const poster = createBatchPoster(score.port);
  const sent = new Map<string, number>();
  const trafficOf = (inWindow: string): PairTraffic => ({
    ...{ run: `cost ${inWindow}`, pairs: PAIRS, inWindow: Number(inWindow) },
    ...{ windowMs: WINDOW_MS, ids: 'uuid' },
  });
  const next = (side: string): string[] => {
    const n = sent.get(side) ?? 0;
    sent.set(side, n + 1);
    return transactionsOfAll(trafficOf(side), n);
  };
  const sides = IN_WINDOW.map(String);
  for (const side of sides) {
    const items: string[] = [];
    for (let n = 0; n < Number(side) * WINDOWS_KEPT; n += 1) items.push(...next(side));
    await poster.post(inBatches(items, FILL_BATCH));
    log(`filled: ${side} in a window`);
  }
  const measure = async (side: string): Promise<WindowCost> => {
    const bodies = Array.from({ length: BATCHES }, () => `[${next(side).join(',')}]`);
    const [scoreUs, redisUs] = [await cpuUsOf(score.pid), await cpuUsOf(redis.pid)];
    await poster.post(bodies);
    const transactions = PAIRS * BATCHES;
    return {
      inWindow: Number(side),
      scoreUs: ((await cpuUsOf(score.pid)) - scoreUs) / transactions,
      redisUs: ((await cpuUsOf(redis.pid)) - redisUs) / transactions,
    };
  };
  const costs = await byTurns(sides, rounds, async (side, round) => {
    const cost = await measure(side);
    log(`round ${round + 1} of ${rounds}: ${side} in a window`);
    return cost;
  });
  poster.close();
  return sides.map((side) => ({
    inWindow: Number(side),
    scoreUs: median(costs[side]?.map(({ scoreUs }) => scoreUs) ?? []),
    redisUs: median(costs[side]?.map(({ redisUs }) => redisUs) ?? []),
  }));
}
