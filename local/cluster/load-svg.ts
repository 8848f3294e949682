import { COLOURS, lineCharts, type Series } from '../chart/line-charts.ts';
import type { LoadSecond } from './load-samples.ts';

/** Pods, latency and requests over the seconds of a load, as an SVG that stands alone. */
export function loadSvg(title: string, seconds: readonly LoadSecond[]): string {
  const pick = (name: string, colour: string, of: (one: LoadSecond) => number): Series => ({
    name,
    colour,
    values: seconds.map(of),
  });
  const axis = { xs: seconds.map(({ second }) => second), xUnit: ' s' };
  return lineCharts(title, [
    {
      ...{ ...axis, label: 'pods', isStep: true },
      series: [pick('ready', COLOURS.blue, (one) => one.readyPods)],
    },
    {
      ...{ ...axis, label: 'ms' },
      series: [
        pick('p99', COLOURS.amber, (one) => one.latencyMsP99),
        pick('p50', COLOURS.green, (one) => one.latencyMsP50),
      ],
    },
    {
      ...{ ...axis, label: 'a second' },
      series: [
        pick('requests', COLOURS.grey, (one) => one.requests),
        pick('failed', COLOURS.red, (one) => one.failures),
      ],
    },
  ]);
}
