import type { BenchResult } from '../benchmark.ts';
import { cheapestRatio, median, medianRatio } from '../statistics.ts';
import { DOOR_SIDES, type DoorSideName } from './door-sides.ts';

/** One round of one side, by each transaction. */
export interface DoorCost {
  /** Processor time of the Node process, microseconds. */
  readonly cpuUs: number;
  /** The same of Redis. */
  readonly redisUs: number;
  /** On this machine, which the load generator shares. */
  readonly perSecond: number;
}

type Costs = Readonly<Partial<Record<DoorSideName, readonly DoorCost[]>>>;

export function doorReport(costs: Costs, rounds: string, isShort: boolean): BenchResult {
  const ratioOf = isShort ? cheapestRatio : medianRatio;
  const names = Object.keys(costs) as DoorSideName[];
  const ours = (name: DoorSideName): number[] => costs[name]?.map(({ cpuUs }) => cpuUs) ?? [];
  const both = (name: DoorSideName): number[] =>
    costs[name]?.map(({ cpuUs, redisUs }) => cpuUs + redisUs) ?? [];
  const ratio = (name: string, a: readonly number[], b: readonly number[], aim?: number) =>
    a.length === 0 ? [] : [{ name, value: ratioOf(a, b), ...(aim !== undefined && { aim }) }];
  return {
    summary: `One CloudEvent a request, 64 in flight, or batches, ${rounds}`,
    tables: [
      {
        head: ['server', 'its µs a transaction', 'a core-second', 'Redis, µs', 'a second here'],
        rows: names.map((name) => {
          const of = (what: keyof DoorCost): number =>
            median(costs[name]?.map((cost) => cost[what]) ?? []);
          const [cpuUs, redisUs, perSecond] = [of('cpuUs'), of('redisUs'), of('perSecond')];
          const cells = [cpuUs.toFixed(1), (1e6 / cpuUs).toFixed(0), redisUs.toFixed(1)];
          return [DOOR_SIDES[name].what, ...cells, perSecond.toFixed(0)];
        }),
      },
    ],
    ratios: [
      ...ratio('score ÷ bare', ours('bare'), ours('score'), 0.55),
      ...ratio('score ÷ func', ours('func'), ours('score'), 3),
      ...ratio('score ÷ quiet func', ours('quiet func'), ours('score')),
      ...ratio('score and Redis ÷ bare', ours('bare'), both('score')),
      ...ratio('in batches, score and Redis ÷ bare', ours('bare'), both('batch')),
      ...ratio('in batches, score and Redis ÷ func and Redis', both('func'), both('batch')),
    ],
    charts: [],
  };
}
