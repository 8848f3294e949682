import { type HttpLoad, startHttpLoad } from '../load/http-load.ts';
import { startOwnRedis } from '../parts/own-redis.ts';
import { residentMbOf } from '../parts/process-cost.ts';
import { scoreSettingsFor, startMeasured } from '../parts/score-process.ts';
import { median } from '../statistics.ts';
import type { GrowthParts } from './growth-parts.ts';

const BATCH = 1000;
const BATCHES_AT_ONCE = 100;
/** All of them within one window. */
const FILL_MS = 500_000;
const ASKED = 10_000;
const IN_FLIGHT = 16;

export interface ManyPairs {
  readonly pairs: number;
  readonly filledPerSecond: number;
  readonly redisBytesAPair: number;
  readonly redisMb: number;
  readonly scoreMb: number;
  /** Of requests of one event, before and with the pairs there. */
  readonly before: Latency;
  readonly with: Latency;
}

interface Latency {
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Very many pairs with one transaction each, then requests spread over them. */
export async function measureManyPairs(parts: GrowthParts, pairs: number): Promise<ManyPairs> {
  const redis = await startOwnRedis({ hasFile: true });
  const load = startHttpLoad();
  // Receipts are bounded by time, and here time is short: they would be counted to the pairs.
  const settings = { ...scoreSettingsFor(redis.url, parts.sinkPort), RECEIPTS_MS: '0' };
  const score = await startMeasured('score', parts.script, settings);
  const stepMs = FILL_MS / pairs;
  try {
    const few = { run: 'few', pairs: 4000, stepMs: 50 };
    const before = await latencyOf(load, score.port, few, parts.rounds);
    const keysBefore = Number(await redis.tell('DBSIZE'));
    const bytesBefore = await redis.info('used_memory');
    const beganMs = performance.now();
    for (let sent = 0; sent < pairs; sent += BATCH * BATCHES_AT_ONCE) {
      const traffic = { run: 'many', pairs, stepMs, batch: BATCH };
      const order = { port: score.port, requests: BATCHES_AT_ONCE, inFlight: 3, traffic };
      await load.run(order, 204);
      parts.log(`${sent + BATCH * BATCHES_AT_ONCE} of ${pairs} pairs`);
    }
    const filledPerSecond = (1000 * pairs) / (performance.now() - beganMs);
    const keys = Number(await redis.tell('DBSIZE')) - keysBefore;
    const bytes = (await redis.info('used_memory')) - bytesBefore;
    const spread = { run: 'many', pairs, stepMs, first: pairs };
    return {
      ...{ pairs: keys, filledPerSecond, before, redisBytesAPair: bytes / keys },
      with: await latencyOf(load, score.port, spread, parts.rounds),
      redisMb: await residentMbOf(redis.pid, 'now'),
      scoreMb: await residentMbOf(score.pid, 'now'),
    };
  } finally {
    await score.stop();
    await load.stop();
    await redis.stop();
  }
}

/** Medians of the rounds; one more before them does not count. */
async function latencyOf(
  load: HttpLoad,
  port: number,
  traffic: Parameters<HttpLoad['run']>[0]['traffic'],
  rounds: number,
): Promise<Latency> {
  const found: Latency[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const done = await load.run({ port, requests: ASKED, inFlight: IN_FLIGHT, traffic }, 204);
    if (round > 0) found.push(done);
  }
  return {
    p50Ms: median(found.map(({ p50Ms }) => p50Ms)),
    p99Ms: median(found.map(({ p99Ms }) => p99Ms)),
  };
}
