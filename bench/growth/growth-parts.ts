import type { TrafficSpec } from '../load/event-traffic.ts';
import type { HttpLoad, LoadDone } from '../load/http-load.ts';
import { cpuUsOf } from '../parts/process-cost.ts';
import type { MeasuredProcess } from '../parts/score-process.ts';

export interface GrowthParts {
  /** Score's bundle. */
  readonly script: string;
  readonly sinkPort: number;
  readonly rounds: number;
  readonly log: (line: string) => void;
}

/** How transactions come. */
export const KINDS = { 'one a request': 1, 'in batches': 500 } as const;
export type Kind = keyof typeof KINDS;

/** Requests under way at once for each process of score. */
const IN_FLIGHT: Readonly<Record<Kind, number>> = { 'one a request': 64, 'in batches': 3 };

export interface LoadCost {
  readonly perSecond: number;
  /** Processor time a transaction, microseconds: of all processes of score, of all Redis. */
  readonly scoreUs: number;
  readonly redisUs: number;
}

export function trafficOf(kind: Kind, spec: TrafficSpec): TrafficSpec {
  return kind === 'one a request' ? spec : { ...spec, batch: KINDS[kind] };
}

/** Each process of score has its own load, all at the same time. */
export async function measureLoad(options: {
  readonly scores: readonly MeasuredProcess[];
  readonly loads: readonly HttpLoad[];
  readonly redisPids: readonly number[];
  readonly kind: Kind;
  /** Of the i-th process. */
  readonly spec: (i: number) => TrafficSpec;
  /** Transactions of each process. */
  readonly transactions: number;
}): Promise<LoadCost> {
  const { scores, loads, redisPids, kind, spec, transactions } = options;
  const all = async (pids: readonly number[]): Promise<number> =>
    (await Promise.all(pids.map(cpuUsOf))).reduce((sum, us) => sum + us, 0);
  const scorePids = scores.map(({ pid }) => pid);
  const starting = scores.map(() => Promise.withResolvers<void>());
  const go = Promise.withResolvers<void>();
  const running = scores.map(({ port }, i): Promise<LoadDone> => {
    const traffic = trafficOf(kind, spec(i));
    const requests = transactions / KINDS[kind];
    const order = { port, requests, inFlight: IN_FLIGHT[kind], traffic };
    return (loads[i] as HttpLoad).run(order, 204, () => {
      starting[i]?.resolve();
      return go.promise;
    });
  });
  await Promise.race([Promise.all(starting.map(({ promise }) => promise)), Promise.all(running)]);
  const [scoreUs, redisUs] = [await all(scorePids), await all(redisPids)];
  go.resolve();
  const done = await Promise.all(running);
  const count = transactions * scores.length;
  return {
    perSecond: (1000 * count) / Math.max(...done.map(({ tookMs }) => tookMs)),
    scoreUs: ((await all(scorePids)) - scoreUs) / count,
    redisUs: ((await all(redisPids)) - redisUs) / count,
  };
}
