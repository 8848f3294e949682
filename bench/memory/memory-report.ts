import { COLOURS, lineCharts } from '../../local/chart/line-charts.ts';
import type { Ratio, Table } from '../benchmark.ts';
import type { Bytes } from './bytes.ts';
import type { WindowCost } from './cost-curve.ts';

/** What a transaction may take for typical pairs. */
const BYTES_AIM = 100;

export function bytesTable(bytes: readonly Bytes[]): Table {
  const windows = [...new Set(bytes.map(({ inWindow }) => inWindow))];
  const row = (ids: Bytes['ids'], name: string): string[] => [
    name,
    ...windows.map((inWindow) =>
      (
        bytes.find((one) => one.ids === ids && one.inWindow === inWindow)?.perTransaction ?? 0
      ).toFixed(1),
    ),
  ];
  return {
    head: ['bytes a retained transaction', ...windows.map((n) => `${n} in a window`)],
    rows: [
      row('uuid', 'ids are UUIDs of /bank/a'),
      row('record', 'ids as KafkaSource gives plain records'),
    ],
  };
}

export function costTable(costs: readonly WindowCost[]): Table {
  return {
    head: ['in a window', 'score, µs a transaction', 'Redis, µs', 'both'],
    rows: costs.map(({ inWindow, scoreUs, redisUs }) => [
      inWindow.toLocaleString('en'),
      ...[scoreUs, redisUs, scoreUs + redisUs].map((us) => us.toFixed(1)),
    ]),
  };
}

export function costChart(costs: readonly WindowCost[]): string {
  return lineCharts('Processor time a transaction, by how many the window holds', [
    {
      ...{ label: 'µs', isLogarithmic: true, xs: costs.map(({ inWindow }) => inWindow) },
      series: [
        { name: 'score', colour: COLOURS.blue, values: costs.map(({ scoreUs }) => scoreUs) },
        { name: 'Redis', colour: COLOURS.red, values: costs.map(({ redisUs }) => redisUs) },
        {
          ...{ name: 'both', colour: COLOURS.grey },
          values: costs.map(({ scoreUs, redisUs }) => scoreUs + redisUs),
        },
      ],
    },
  ]);
}

export function ratiosOf(bytes: readonly Bytes[], costs: readonly WindowCost[]): readonly Ratio[] {
  const worst = (ids: Bytes['ids']): number =>
    Math.max(...bytes.filter((one) => one.ids === ids).map(({ perTransaction }) => perTransaction));
  return [
    { name: '100 B ÷ a transaction, UUIDs', value: BYTES_AIM / worst('uuid'), aim: 1 },
    { name: '100 B ÷ a transaction, plain records', value: BYTES_AIM / worst('record'), aim: 1 },
    ...flatness(costs),
  ];
}

/** The cost with 10 in a window, held against the dearest of all larger ones. */
function flatness(costs: readonly WindowCost[]): readonly Ratio[] {
  const both = ({ scoreUs, redisUs }: WindowCost): number => scoreUs + redisUs;
  const ten = costs.find(({ inWindow }) => inWindow === 10);
  if (ten === undefined) return [];
  const dearest = Math.max(...costs.filter(({ inWindow }) => inWindow > 10).map(both));
  return [
    { name: '10 in a window ÷ the dearest up to 10,000', value: both(ten) / dearest, aim: 0.8 },
  ];
}
