import { COLOURS, lineCharts } from '../../local/chart/line-charts.ts';
import type { BenchResult, Table } from '../benchmark.ts';
import { KINDS, type Kind } from './growth-parts.ts';
import type { Spread, SpreadCost } from './hot-pair.ts';
import type { ManyPairs } from './many-pairs.ts';
import { PROCESSES, type ProcessesCost, STORES, type Store } from './more-processes.ts';

export interface Growth {
  readonly processes: readonly ProcessesCost[];
  readonly hotPair: readonly SpreadCost[];
  readonly manyPairs: ManyPairs;
  readonly rounds: number;
}

const COST_HEAD = ['a second here', 'score, µs a transaction', 'Redis, µs'];
const SERIES_COLOURS = [COLOURS.blue, COLOURS.green, COLOURS.amber, COLOURS.red];

export function growthReport({ processes, hotPair, manyPairs, rounds }: Growth): BenchResult {
  const costOf = (kind: Kind, spread: Spread): number => {
    const found = hotPair.find((one) => one.kind === kind && one.spread === spread);
    return (found?.scoreUs ?? 0) + (found?.redisUs ?? 0);
  };
  const hot = (kind: Kind): number => costOf(kind, '4,000 pairs') / costOf(kind, 'a single pair');
  return {
    summary: `More processes, one pair, and very many pairs; medians of ${rounds} rounds`,
    tables: [processesTable(processes), spreadTable(hotPair), manyTable(manyPairs)],
    ratios: [
      { name: 'many pairs ÷ a single one, one a request', value: hot('one a request') },
      { name: 'many pairs ÷ a single one, in batches', value: hot('in batches') },
      {
        ...{ name: 'p99 before ÷ with very many pairs', isOfMachine: true },
        value: manyPairs.before.p99Ms / manyPairs.with.p99Ms,
      },
    ],
    charts: [{ file: 'growth.svg', svg: chartOf(processes) }],
  };
}

function processesTable(processes: readonly ProcessesCost[]): Table {
  return {
    head: ['processes of score, store', ...COST_HEAD],
    rows: processes.map((one) => [
      `${one.processes}, ${one.store}, ${one.kind}`,
      ...[one.perSecond.toFixed(0), one.scoreUs.toFixed(1), one.redisUs.toFixed(1)],
    ]),
  };
}

function spreadTable(hotPair: readonly SpreadCost[]): Table {
  return {
    head: ['spread over', ...COST_HEAD],
    rows: hotPair.map((one) => [
      `${one.spread}, ${one.kind}`,
      ...[one.perSecond.toFixed(0), one.scoreUs.toFixed(1), one.redisUs.toFixed(1)],
    ]),
  };
}

function manyTable(many: ManyPairs): Table {
  const latency = ({ p50Ms, p99Ms }: ManyPairs['before']): string =>
    `${p50Ms.toFixed(1)} / ${p99Ms.toFixed(1)}`;
  return {
    head: [`${many.pairs.toLocaleString('en')} pairs`, ''],
    rows: [
      ['filled, transactions a second here', many.filledPerSecond.toFixed(0)],
      ['bytes of Redis a pair with one transaction', many.redisBytesAPair.toFixed(0)],
      ['resident: Redis, MB', many.redisMb.toFixed(0)],
      ['resident: score, MB', many.scoreMb.toFixed(0)],
      ['one a request, 16 in flight, p50 / p99 ms, 4,000 pairs', latency(many.before)],
      ['the same over all pairs', latency(many.with)],
    ],
  };
}

function chartOf(processes: readonly ProcessesCost[]): string {
  const kinds = Object.keys(KINDS) as readonly Kind[];
  const lines = STORES.flatMap((store) => kinds.map((kind) => ({ store, kind })));
  const series = (of: (one: ProcessesCost) => number) =>
    lines.map(({ store, kind }, i) => ({
      name: `${shortName(store)}, ${kind}`,
      colour: SERIES_COLOURS[i] ?? COLOURS.grey,
      values: PROCESSES.map((count) => {
        const found = processes.find(
          (one) => one.store === store && one.kind === kind && one.processes === count,
        );
        return found === undefined ? 0 : of(found);
      }),
    }));
  const axis = { xs: [...PROCESSES], isLogarithmic: true };
  return lineCharts('By the number of score processes', [
    { ...axis, label: '/s', series: series(({ perSecond }) => perSecond) },
    {
      ...{ ...axis, label: 'µs' },
      series: series(({ scoreUs, redisUs }) => scoreUs + redisUs),
    },
  ]);
}

function shortName(store: Store): string {
  return store === 'one Redis' ? 'Redis' : 'Cluster';
}
