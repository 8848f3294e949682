import type { BenchResult } from '../benchmark.ts';
import { median, medianRatio } from '../statistics.ts';
import type { CheckedAlerts } from './check-alerts.ts';

export const SIDES = ['score', 'Flink, RocksDB', 'Flink, heap'] as const;
export type Side = (typeof SIDES)[number];

/** One run over the whole topic. */
export interface BatchCost {
  readonly perSecond: number;
  /** Processor time a record, of all processes but the broker, from their start to the end. */
  readonly cpuUs: number;
  /** The most that each process held, added up, megabytes. */
  readonly residentMb: number;
  readonly alerts: number;
  /** Of the processor time, each part's. */
  readonly parts: Readonly<Record<string, number>>;
}

export interface BatchOutcome {
  readonly costs: Readonly<Record<Side, readonly BatchCost[]>>;
  readonly checked: readonly CheckedAlerts[];
  readonly expected: number;
  readonly records: number;
  readonly rounds: number;
}

export function batchReport(outcome: BatchOutcome): BenchResult {
  const { costs, checked, expected, records, rounds } = outcome;
  const wrong = checked.reduce((sum, { missing, unexpected }) => sum + missing + unexpected, 0);
  const of = (side: Side, what: 'perSecond' | 'cpuUs' | 'residentMb'): number[] =>
    costs[side].map((cost) => cost[what]);
  const against = (what: 'perSecond' | 'cpuUs' | 'residentMb', side: Side): number =>
    what === 'perSecond'
      ? medianRatio(of('score', what), of(side, what))
      : medianRatio(of(side, what), of('score', what));
  return {
    summary:
      `${records.toLocaleString('en')} records that stand in a topic of two partitions, to the ` +
      `fraud topic; medians of ${rounds} rounds. Fraud events: ${expected.toLocaleString('en')} ` +
      `expected by the oracle, in all rounds ${wrong} missing or unexpected`,
    tables: [
      {
        head: ['', 'records/s', 'µs of processor time a record', 'resident, MB, at most'],
        rows: SIDES.map((side) => [
          side === 'score' ? 'source, score, Redis (AOF everysec), sink' : side,
          median(of(side, 'perSecond')).toFixed(0),
          median(of(side, 'cpuUs')).toFixed(1),
          median(of(side, 'residentMb')).toFixed(0),
        ]),
      },
      {
        head: ['of it', 'µs a record'],
        rows: Object.keys(costs.score[0]?.parts ?? {}).map((part) => [
          part,
          median(costs.score.map(({ parts }) => parts[part] ?? 0)).toFixed(1),
        ]),
      },
    ],
    ratios: [
      { name: 'fraud events as the oracle says', value: wrong === 0 ? 1 : 0, aim: 1 },
      { name: 'records/s ÷ Flink, RocksDB', value: against('perSecond', 'Flink, RocksDB'), aim: 1 },
      { name: 'records/s ÷ Flink, heap', value: against('perSecond', 'Flink, heap'), aim: 1 },
      { name: 'Flink, RocksDB ÷ µs a record', value: against('cpuUs', 'Flink, RocksDB'), aim: 1 },
      { name: 'Flink, heap ÷ µs a record', value: against('cpuUs', 'Flink, heap'), aim: 1 },
      { name: 'Flink, RocksDB ÷ resident', value: against('residentMb', 'Flink, RocksDB'), aim: 3 },
      { name: 'Flink, heap ÷ resident', value: against('residentMb', 'Flink, heap'), aim: 3 },
    ],
    charts: [],
  };
}
