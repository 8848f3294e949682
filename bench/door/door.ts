import { join } from 'node:path';
import type { BenchOptions, BenchResult } from '../benchmark.ts';
import type { TrafficSpec } from '../load/event-traffic.ts';
import { type HttpLoad, startHttpLoad } from '../load/http-load.ts';
import { startAcceptingSink } from '../parts/accepting-sink.ts';
import { startOwnRedis } from '../parts/own-redis.ts';
import { cpuUsOf } from '../parts/process-cost.ts';
import {
  bundleForBench,
  type MeasuredProcess,
  scoreSettingsFor,
  startMeasured,
} from '../parts/score-process.ts';
import { byTurns, median, medianRatio } from '../statistics.ts';

/**
 * What one CloudEvent a request costs score, held against two others that are sent the same: a bare
 * `node:http` server, and the function as the `func` template begins it. Each has all the time the
 * same connections, and none of them runs while another is measured.
 */
const SIDES = ['score', 'bare', 'func', 'quiet func'] as const;
type Side = (typeof SIDES)[number];

const IN_FLIGHT = 64;
const ROUNDS = 9;
const REQUESTS = 20_000;
/** Rounds before it counts, until what V8 makes of each program has settled. */
const WARM_UP = 2;
/** Three of each pair in a window of ten minutes; the windows are full after the warm-up. */
const TRAFFIC: TrafficSpec = { run: 'door', pairs: 4000, stepMs: 50 };

const WHAT: Readonly<Record<Side, string>> = {
  score: 'score, with its journal, a redis-server (AOF everysec)',
  bare: 'bare node:http: looks at the headers, reads the body, 204',
  func: "func's template: its runtime and npm start, the SDK, one INCRBY",
  'quiet func': 'the same without its two log lines a request',
};

interface Cost {
  /** Processor time of the Node process, microseconds a request. */
  readonly cpuUs: number;
  readonly redisUs: number;
  readonly perSecond: number;
}

export async function run(options: BenchOptions): Promise<BenchResult> {
  const { isShort, log } = options;
  const rounds = options.rounds ?? (isShort ? 5 : ROUNDS);
  const requests = isShort ? REQUESTS / 2 : REQUESTS;
  const redis = await startOwnRedis({ hasFile: true });
  const sink = await startAcceptingSink();
  const load = startHttpLoad();
  const bundle = await bundleForBench('score');
  const started: MeasuredProcess[] = [];
  try {
    const start = async (side: Side): Promise<MeasuredProcess> => {
      const running = await startSide(side, bundle.script, redis.url, sink.port);
      started.push(running);
      return running;
    };
    const servers = {
      ...{ score: await start('score'), bare: await start('bare') },
      ...{ func: await start('func'), 'quiet func': await start('quiet func') },
    };
    const measure = (side: Side): Promise<Cost> =>
      measureOnce(load, servers[side], redis.pid, side === 'bare' ? 0 : requests, requests);
    await byTurns(SIDES, WARM_UP, measure);
    const costs = await byTurns(SIDES, rounds, async (side, round) => {
      const cost = await measure(side);
      log(`round ${round + 1} of ${rounds}: ${side} ${cost.cpuUs.toFixed(1)} µs a request`);
      return cost;
    });
    return report(costs, `medians of ${rounds} rounds of ${requests} requests each`);
  } finally {
    for (const server of started) await server.stop();
    await load.stop();
    await sink.stop();
    await redis.stop();
    await bundle.remove();
  }
}

function startSide(
  side: Side,
  score: string,
  redisUrl: string,
  sinkPort: number,
): Promise<MeasuredProcess> {
  if (side === 'score') return startMeasured(side, score, scoreSettingsFor(redisUrl, sinkPort));
  const script = join(import.meta.dirname, side === 'bare' ? 'bare-server.ts' : 'func-server.ts');
  // Another database: its keys are others.
  const settings = {
    REDIS_URL: `${redisUrl}/1`,
    FUNC_LOG_LEVEL: side === 'func' ? 'info' : 'warn',
  };
  return startMeasured(side, script, settings);
}

async function measureOnce(
  load: HttpLoad,
  { pid, port }: MeasuredProcess,
  redisPid: number,
  inRedis: number,
  requests: number,
): Promise<Cost> {
  let [cpuUs, redisUs] = [0, 0];
  const order = { port, requests, inFlight: IN_FLIGHT, traffic: TRAFFIC };
  const { tookMs } = await load.run(order, 204, async () => {
    [cpuUs, redisUs] = [await cpuUsOf(pid), await cpuUsOf(redisPid)];
  });
  return {
    cpuUs: ((await cpuUsOf(pid)) - cpuUs) / requests,
    redisUs: inRedis === 0 ? 0 : ((await cpuUsOf(redisPid)) - redisUs) / inRedis,
    perSecond: (1000 * requests) / tookMs,
  };
}

function report(costs: Readonly<Record<Side, readonly Cost[]>>, rounds: string): BenchResult {
  const cpu = (side: Side): number[] => costs[side].map(({ cpuUs }) => cpuUs);
  const rows = SIDES.map((side) => {
    const cpuUs = median(cpu(side));
    const redisUs = median(costs[side].map((cost) => cost.redisUs));
    const perSecond = median(costs[side].map((cost) => cost.perSecond));
    const cells = [cpuUs.toFixed(1), (1e6 / cpuUs).toFixed(0), redisUs.toFixed(1)];
    return [WHAT[side], ...cells, perSecond.toFixed(0)];
  });
  return {
    summary: `One CloudEvent a request, ${IN_FLIGHT} in flight, ${rounds}`,
    tables: [
      {
        head: [
          'server',
          'µs of its processor time a request',
          'requests a second of it',
          'Redis, µs a request',
          'requests a second here',
        ],
        rows,
      },
    ],
    ratios: [
      { name: 'score ÷ bare', value: medianRatio(cpu('bare'), cpu('score')), aim: 0.55 },
      { name: 'score ÷ func', value: medianRatio(cpu('func'), cpu('score')), aim: 3 },
      { name: 'score ÷ quiet func', value: medianRatio(cpu('quiet func'), cpu('score')) },
    ],
    charts: [],
  };
}
