const WIDTH = 860;
const CHART_HEIGHT = 150;
const LEFT = 64;
const RIGHT = 20;
const TOP = 44;
const GAP = 46;

/** Colours that are told apart, on white, also by who sees few. */
export const COLOURS = {
  blue: '#1f6feb',
  amber: '#d29922',
  green: '#1a7f37',
  grey: '#6e7781',
  red: '#cf222e',
} as const;

export interface Series {
  readonly name: string;
  readonly colour: string;
  /** One for each x of its chart. */
  readonly values: readonly number[];
}

export interface LineChart {
  /** Unit of its values. */
  readonly label: string;
  /** Ascending. */
  readonly xs: readonly number[];
  readonly series: readonly Series[];
  /** Written behind each x on the axis, such as ` s`. */
  readonly xUnit?: string;
  /** Equal ratios take equal room on the axis, and each x is written. Needs x > 0. */
  readonly isLogarithmic?: boolean;
  /** A value holds until the next. */
  readonly isStep?: boolean;
}

/** Charts one under the other, as an SVG that stands alone. */
export function lineCharts(title: string, charts: readonly LineChart[]): string {
  const height = TOP + charts.length * (CHART_HEIGHT + GAP);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img">`,
    `<title>${escapeXml(title)}</title>`,
    '<style>text{font:12px system-ui,sans-serif;fill:#57606a}.t{font-size:15px;fill:#24292f}</style>',
    `<rect width="${WIDTH}" height="${height}" fill="#fff"/>`,
    `<text class="t" x="${LEFT}" y="24">${escapeXml(title)}</text>`,
    ...charts.map((chart, i) => chartAt(TOP + i * (CHART_HEIGHT + GAP), chart)),
    '</svg>',
    '',
  ].join('\n');
}

function chartAt(top: number, chart: LineChart): string {
  const { label, series, isStep, xUnit = '' } = chart;
  const largest = Math.max(0, ...series.flatMap(({ values }) => values));
  const most = largest > 0 ? niceMax(largest) : 1;
  const x = horizontal(chart);
  const y = (value: number): number => round(top + CHART_HEIGHT * (1 - value / most));
  const grid = [0, 0.5, 1].map((part) => {
    const at = y(most * part);
    const line = `<line x1="${LEFT}" y1="${at}" x2="${WIDTH - RIGHT}" y2="${at}" stroke="#d8dee4"/>`;
    const value = Number((most * part).toPrecision(3)).toLocaleString('en');
    return `${line}<text x="${LEFT - 8}" y="${at + 4}" text-anchor="end">${value}</text>`;
  });
  const lines = series.map(({ values, colour }) => {
    const points = values.flatMap((value, i) => {
      const corner = isStep && i > 0 ? [`${x(i)},${y(values[i - 1] as number)}`] : [];
      return [...corner, `${x(i)},${y(value)}`];
    });
    return `<polyline points="${points.join(' ')}" fill="none" stroke="${colour}" stroke-width="2"/>`;
  });
  let nameX = LEFT;
  const legend = series.map(({ name, colour }) => {
    const text = `${name}, ${label}`;
    const at = nameX;
    nameX += 16 + 7 * text.length;
    return `<text x="${at}" y="${top - 8}" style="fill:${colour}">${escapeXml(text)}</text>`;
  });
  const ticks = ticksOf(chart).map((i) => {
    const text = `${(chart.xs[i] ?? 0).toLocaleString('en')}${xUnit}`;
    const bottom = top + CHART_HEIGHT + 16;
    return `<text x="${x(i)}" y="${bottom}" text-anchor="middle">${escapeXml(text)}</text>`;
  });
  return [...grid, ...lines, ...legend, ...ticks].join('\n');
}

/** Where the i-th x stands. */
function horizontal({ xs, isLogarithmic }: LineChart): (i: number) => number {
  const scale = isLogarithmic ? Math.log : (x: number): number => x;
  const [first, last] = [scale(xs[0] ?? 0), scale(xs.at(-1) ?? 0)];
  const width = last > first ? last - first : 1;
  return (i) => round(LEFT + ((WIDTH - LEFT - RIGHT) * (scale(xs[i] ?? 0) - first)) / width);
}

/** Indexes of the xs that are written: all, or five. */
function ticksOf({ xs, isLogarithmic }: LineChart): number[] {
  if (isLogarithmic) return [...xs.keys()];
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((part) => Math.round((xs.length - 1) * part));
  return [...new Set(ticks)].filter((i) => i >= 0);
}

/** The next of 1, 2, 4, 5, 10, 20, … that is not smaller: axes end in round numbers. */
export function niceMax(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  for (const step of [1, 2, 4, 5, 10]) if (step * power >= value) return step * power;
  return 10 * power;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escapeXml(text: string): string {
  return text.replace(/[<>&"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
