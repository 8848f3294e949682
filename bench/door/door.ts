import type { BenchOptions, BenchResult } from '../benchmark.ts';
import { type HttpLoad, startHttpLoad } from '../load/http-load.ts';
import { startAcceptingSink } from '../parts/accepting-sink.ts';
import { startOwnRedis } from '../parts/own-redis.ts';
import { cpuUsOf } from '../parts/process-cost.ts';
import { bundleForBench, type MeasuredProcess } from '../parts/score-process.ts';
import { byTurns } from '../statistics.ts';
import { type DoorCost, doorReport } from './door-report.ts';
import { DOOR_SIDES, type DoorSide, type DoorSideName } from './door-sides.ts';

/**
 * What an event costs score, held against two others that are sent the same: a bare `node:http`
 * server, and the function as the `func` template begins it; and what it costs in a batch. Each has
 * all the time the same connections, and none of them runs while another is measured.
 */
const NAMES = Object.keys(DOOR_SIDES) as readonly DoorSideName[];
/** The bare server has no Redis to wait for: on a busy machine it is no measure for who has. */
const NAMES_SHORT = ['score', 'func', 'batch'] as const;

const ROUNDS = 9;
const ROUNDS_SHORT = 7;
const TRANSACTIONS = 20_000;
/** Rounds before it counts, until what V8 makes of each program has settled. */
const WARM_UP = 2;

export async function run(options: BenchOptions): Promise<BenchResult> {
  const { isShort, log, rounds = isShort ? ROUNDS_SHORT : ROUNDS } = options;
  const names: readonly DoorSideName[] = isShort ? NAMES_SHORT : NAMES;
  const transactions = isShort ? TRANSACTIONS / 2 : TRANSACTIONS;
  const redis = await startOwnRedis({ hasFile: true });
  const sink = await startAcceptingSink();
  const load = startHttpLoad();
  const { script, remove } = await bundleForBench('score');
  const started = new Map<DoorSideName, MeasuredProcess>();
  try {
    for (const name of names) {
      const parts = { script, redisUrl: redis.url, sinkPort: sink.port };
      started.set(name, await DOOR_SIDES[name].start(parts));
    }
    const measure = (name: DoorSideName): Promise<DoorCost> =>
      measureOnce(load, {
        ...{ server: started.get(name) as MeasuredProcess, side: DOOR_SIDES[name] },
        ...{ redisPid: redis.pid, transactions },
      });
    await byTurns(names, WARM_UP, measure);
    const costs = await byTurns(names, rounds, async (name, round) => {
      const cost = await measure(name);
      log(`round ${round + 1} of ${rounds}: ${name} ${cost.cpuUs.toFixed(1)} µs a transaction`);
      return cost;
    });
    const counted = `medians of ${rounds} rounds of ${transactions} transactions each`;
    return doorReport(costs, counted, isShort);
  } finally {
    for (const server of started.values()) await server.stop();
    await load.stop();
    await sink.stop();
    await redis.stop();
    await remove();
  }
}

async function measureOnce(
  load: HttpLoad,
  what: {
    readonly server: MeasuredProcess;
    readonly side: DoorSide;
    readonly redisPid: number;
    readonly transactions: number;
  },
): Promise<DoorCost> {
  const { server, side, redisPid, transactions } = what;
  const { traffic, inFlight } = side;
  const requests = transactions / (traffic.batch ?? 1);
  let [cpuUs, redisUs] = [0, 0];
  const order = { port: server.port, requests, inFlight, traffic };
  const { tookMs } = await load.run(order, 204, async () => {
    [cpuUs, redisUs] = [await cpuUsOf(server.pid), await cpuUsOf(redisPid)];
  });
  return {
    cpuUs: ((await cpuUsOf(server.pid)) - cpuUs) / transactions,
    redisUs: ((await cpuUsOf(redisPid)) - redisUs) / transactions,
    perSecond: (1000 * transactions) / tookMs,
  };
}
