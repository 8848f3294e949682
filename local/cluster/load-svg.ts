import type { LoadSecond } from './load-samples.ts';

const WIDTH = 860;
const CHART_HEIGHT = 150;
const LEFT = 64;
const RIGHT = 20;
const TOP = 44;
const GAP = 46;

interface Series {
  readonly name: string;
  readonly colour: string;
  readonly values: readonly number[];
}

/**
 * Pods, latency and requests over the seconds of a load, one chart under the other, as an SVG that
 * stands alone. Failed seconds are marked red at the bottom.
 */
export function loadSvg(title: string, seconds: readonly LoadSecond[]): string {
  const pick = (name: string, colour: string, of: (one: LoadSecond) => number): Series => ({
    name,
    colour,
    values: seconds.map(of),
  });
  const charts: readonly { label: string; series: readonly Series[]; isStep?: boolean }[] = [
    { label: 'pods', series: [pick('ready', '#1f6feb', (one) => one.readyPods)], isStep: true },
    {
      label: 'ms',
      series: [
        pick('p99', '#d29922', (one) => one.latencyMsP99),
        pick('p50', '#1a7f37', (one) => one.latencyMsP50),
      ],
    },
    {
      label: 'a second',
      series: [
        pick('requests', '#6e7781', (one) => one.requests),
        pick('failed', '#cf222e', (one) => one.failures),
      ],
    },
  ];
  const height = TOP + charts.length * (CHART_HEIGHT + GAP);
  const body = charts.map((chart, i) =>
    chartAt(TOP + i * (CHART_HEIGHT + GAP), chart, seconds.length),
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img">`,
    `<title>${escapeXml(title)}</title>`,
    '<style>text{font:12px system-ui,sans-serif;fill:#57606a}.t{font-size:15px;fill:#24292f}</style>',
    `<rect width="${WIDTH}" height="${height}" fill="#fff"/>`,
    `<text class="t" x="${LEFT}" y="24">${escapeXml(title)}</text>`,
    ...body,
    '</svg>',
    '',
  ].join('\n');
}

function chartAt(
  top: number,
  { label, series, isStep }: { label: string; series: readonly Series[]; isStep?: boolean },
  seconds: number,
): string {
  const most = niceMax(Math.max(1, ...series.flatMap(({ values }) => values)));
  const plotWidth = WIDTH - LEFT - RIGHT;
  const x = (second: number): number => LEFT + (plotWidth * second) / Math.max(1, seconds - 1);
  const y = (value: number): number => top + CHART_HEIGHT * (1 - value / most);
  const bottom = top + CHART_HEIGHT;
  const grid = [0, 0.5, 1].map((part) => {
    const at = y(most * part);
    const line = `<line x1="${LEFT}" y1="${at}" x2="${WIDTH - RIGHT}" y2="${at}" stroke="#d8dee4"/>`;
    return `${line}<text x="${LEFT - 8}" y="${at + 4}" text-anchor="end">${most * part}</text>`;
  });
  const lines = series.map(({ values, colour }) => {
    const points = values.flatMap((value, second) => {
      const corner = isStep && second > 0 ? [[x(second), y(values[second - 1] as number)]] : [];
      return [...corner, [x(second), y(value)]];
    });
    const text = points.map(([px, py]) => `${round(px)},${round(py)}`).join(' ');
    return `<polyline points="${text}" fill="none" stroke="${colour}" stroke-width="2"/>`;
  });
  const legend = series.map(
    ({ name, colour }, i) =>
      `<text x="${LEFT + i * 90}" y="${top - 8}" style="fill:${colour}">${name}, ${label}</text>`,
  );
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((part) => {
    const second = Math.round((seconds - 1) * part);
    return `<text x="${round(x(second))}" y="${bottom + 16}" text-anchor="middle">${second} s</text>`;
  });
  return [...grid, ...lines, ...legend, ...ticks].join('\n');
}

/** The next of 1, 2, 4, 5, 10, 20, … that is not smaller: axes end in round numbers. */
export function niceMax(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  for (const step of [1, 2, 4, 5, 10]) if (step * power >= value) return step * power;
  return 10 * power;
}

function round(value: number | undefined): number {
  return Math.round((value ?? 0) * 10) / 10;
}

function escapeXml(text: string): string {
  return text.replace(/[<>&"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
