import { expect, it } from 'vitest';
import { type LineChart, lineCharts, niceMax } from './line-charts.ts';

const chart = (more: Partial<LineChart> = {}): LineChart => ({
  ...{ label: 'µs', xs: [1, 10, 100], series: [{ name: 'a', colour: '#000', values: [1, 2, 4] }] },
  ...more,
});
const pointsOf = (svg: string): string | undefined => /points="([^"]*)"/.exec(svg)?.[1];

it.each([
  [1, 1],
  [3, 4],
  [11, 20],
  [99, 100],
  [0.3, 0.4],
])('an axis for %f ends at %f', (value, expected) => {
  expect(niceMax(value)).toBeCloseTo(expected);
});

it('gives equal ratios equal room where it is logarithmic', () => {
  const xs = pointsOf(lineCharts('t', [chart({ isLogarithmic: true })]))?.split(' ');
  expect(xs?.map((point) => Number(point.split(',')[0]))).toEqual([64, 452, 840]);
});

it('holds a value until the next where it is a step', () => {
  const points = pointsOf(lineCharts('t', [chart({ isStep: true })]))?.split(' ') ?? [];
  expect(points).toHaveLength(5);
  expect(points[1]?.split(',')[1]).toBe(points[0]?.split(',')[1]);
});

it('writes titles and names escaped, and only finite numbers', () => {
  const empty = chart({ xs: [], series: [{ name: 'a<b', colour: '#000', values: [] }] });
  const svg = lineCharts('x & y', [chart(), empty]);
  expect(svg).toContain('x &#38; y');
  expect(svg).toContain('a&#60;b');
  expect(svg).not.toMatch(/NaN|Infinity|undefined/);
});
