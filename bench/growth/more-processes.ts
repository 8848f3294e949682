import { startOwnRedisCluster } from '#shared/redis/own-redis-cluster.ts';
import { type HttpLoad, startHttpLoad } from '../load/http-load.ts';
import { startOwnRedis } from '../parts/own-redis.ts';
import { type MeasuredProcess, scoreSettingsFor, startMeasured } from '../parts/score-process.ts';
import { byTurns, median } from '../statistics.ts';
import { type GrowthParts, KINDS, type Kind, type LoadCost, measureLoad } from './growth-parts.ts';

export const STORES = ['one Redis', 'Redis Cluster of three'] as const;
export type Store = (typeof STORES)[number];
export const PROCESSES = [1, 2, 4] as const;

const TRANSACTIONS = 20_000;
const FILE = ['--appendonly', 'yes', '--appendfsync', 'everysec'];

export interface ProcessesCost extends LoadCost {
  readonly store: Store;
  readonly kind: Kind;
  readonly processes: number;
}

/** Each number of score's processes on each store, by turns. */
export async function measureProcesses(parts: GrowthParts): Promise<readonly ProcessesCost[]> {
  const redis = await startOwnRedis({ hasFile: true });
  const cluster = await startOwnRedisCluster({ settings: FILE });
  const loads = Array.from({ length: Math.max(...PROCESSES) }, startHttpLoad);
  const started: MeasuredProcess[] = [];
  const start = async (url: string): Promise<MeasuredProcess[]> => {
    const settings = scoreSettingsFor(url, parts.sinkPort);
    const own: MeasuredProcess[] = [];
    for (let i = 0; i < loads.length; i += 1) {
      own.push(await startMeasured('score', parts.script, settings));
      started.push(own.at(-1) as MeasuredProcess);
    }
    return own;
  };
  try {
    const clusterPids = await Promise.all(
      cluster.masters.map(async ({ tell }) =>
        Number(/process_id:(\d+)/.exec(String(await tell('INFO', 'server')))?.[1]),
      ),
    );
    const scores = {
      'one Redis': { processes: await start(redis.url), redisPids: [redis.pid] },
      'Redis Cluster of three': { processes: await start(cluster.url), redisPids: clusterPids },
    };
    return await measureAll(parts, scores, loads);
  } finally {
    for (const score of started) await score.stop();
    for (const load of loads) await load.stop();
    await redis.stop();
    await cluster.kill();
  }
}

async function measureAll(
  { rounds, log }: GrowthParts,
  scores: Readonly<
    Record<Store, { processes: readonly MeasuredProcess[]; redisPids: readonly number[] }>
  >,
  loads: readonly HttpLoad[],
): Promise<readonly ProcessesCost[]> {
  const kinds = Object.keys(KINDS) as readonly Kind[];
  const points = STORES.flatMap((store) =>
    kinds.flatMap((kind) => PROCESSES.map((processes) => ({ store, kind, processes }))),
  );
  const names = points.map((point) => JSON.stringify(point));
  const measure = async (name: string): Promise<LoadCost> => {
    const { store, kind, processes } = JSON.parse(name) as (typeof points)[number];
    return measureLoad({
      scores: scores[store].processes.slice(0, processes),
      ...{ loads, redisPids: scores[store].redisPids, kind, transactions: TRANSACTIONS },
      // Pairs of its own for each: as when each process has partitions of its own.
      spec: (i) => ({ run: `grow ${i} ${kind}`, pairs: 4000, stepMs: 50 }),
    });
  };
  await byTurns(names, 1, measure); // until what V8 makes of each process has settled
  const found = await byTurns(names, rounds, async (name, round) => {
    const cost = await measure(name);
    log(`round ${round + 1} of ${rounds}: ${name} ${Math.round(cost.perSecond)}/s`);
    return cost;
  });
  return points.map((point, i) => {
    const costs = found[names[i] as string] ?? [];
    const of = (what: keyof LoadCost): number => median(costs.map((cost) => cost[what]));
    return {
      ...point,
      ...{ perSecond: of('perSecond'), scoreUs: of('scoreUs'), redisUs: of('redisUs') },
    };
  });
}
