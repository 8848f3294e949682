import { setTimeout as sleep } from 'node:timers/promises';
import type { BenchOptions } from '../benchmark.ts';
import { type IdKind, inBatches, transactionsOfAll } from '../load/batch-traffic.ts';
import { createBatchPoster } from '../load/post-batches.ts';
import type { OwnRedis } from '../parts/own-redis.ts';
import type { MeasuredProcess } from '../parts/score-process.ts';

const WINDOW_MS = 600_000;
/** What a pair's state reaches back, in windows: 2 W + the allowed lateness, which is W. */
const WINDOWS_KEPT = 3;
const BATCH = 500;
const SETTLE_MS = 250;

export interface Bytes {
  readonly ids: IdKind;
  readonly inWindow: number;
  /** Keys and all that Redis keeps with them, by each transaction that is retained. */
  readonly perTransaction: number;
}

/** Memory of Redis before and after it holds many pairs alike, all at their full reach. */
export async function measureBytes(
  { isShort, log }: BenchOptions,
  redis: OwnRedis,
  { port }: MeasuredProcess,
): Promise<readonly Bytes[]> {
  const poster = createBatchPoster(port);
  const found: Bytes[] = [];
  // What score keeps once, and what Redis takes for the connection, is there before it counts.
  await fill('warm-up', 'uuid', 2, 100);
  for (const ids of ['uuid', 'record'] as const) {
    for (const inWindow of isShort ? [2, 10] : [2, 5, 10, 20]) {
      const pairs = Math.ceil((isShort ? 10_000 : 40_000) / inWindow);
      const before = await settledMemory(redis);
      await fill(`${ids} ${inWindow}`, ids, inWindow, pairs);
      const taken = (await settledMemory(redis)) - before;
      const perTransaction = taken / (pairs * inWindow * WINDOWS_KEPT);
      found.push({ ids, inWindow, perTransaction });
      log(`${inWindow} in a window, ${ids} ids: ${perTransaction.toFixed(1)} B a transaction`);
    }
  }
  poster.close();
  return found;

  async function fill(run: string, ids: IdKind, inWindow: number, pairs: number): Promise<void> {
    const traffic = { run, pairs, inWindow, windowMs: WINDOW_MS, ids };
    // One window more than is kept: what goes is gone.
    for (let n = 0; n < inWindow * (WINDOWS_KEPT + 1); n += 1) {
      await poster.post(inBatches(transactionsOfAll(traffic, n), BATCH));
    }
  }
}

/** Once Redis has done what it does by the way, such as moving keys to a larger table. */
async function settledMemory(redis: OwnRedis): Promise<number> {
  let last = Number.NaN;
  for (;;) {
    const used = await redis.info('used_memory');
    if (Math.abs(used - last) < 4096) return used;
    last = used;
    await sleep(SETTLE_MS);
  }
}
