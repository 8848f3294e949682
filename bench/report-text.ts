import type { Compared } from './baseline.ts';
import type { BenchResult, Ratio, Table } from './benchmark.ts';
import type { Machine } from './machine.ts';

/** The figures of a benchmark as Markdown, as they stand in README.md. */
export function resultText(
  name: string,
  result: BenchResult,
  compared: readonly Compared[],
): string {
  const tables = [...result.tables, ...(compared.length === 0 ? [] : [ratioTable(compared)])];
  return [`### ${name}`, result.summary, ...tables.map(tableText), ''].join('\n\n');
}

/** One line that says where figures come from, and whether to believe their times. */
export function machineText({ cpu, cores, node, loadBefore }: Machine): string {
  const isBusy = loadBefore > 0.3 * cores;
  const busy = isBusy ? ': BUSY, so times are too long; ratios and bytes are the figures' : '';
  return `${cpu}, ${cores} cores, Node ${node}, load average ${loadBefore.toFixed(1)} before${busy}`;
}

/** A table with its first column left, the others right. */
export function tableText({ head, rows }: Table): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rule = head.map((_, column) => (column === 0 ? '---' : '---:'));
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}

function ratioTable(compared: readonly Compared[]): Table {
  return {
    head: ['ratio', 'now', 'aim', 'baseline', ''],
    rows: compared.map(({ ratio, baseline, verdict }) => [
      ...[ratio.name, digits(ratio.value), ratio.aim === undefined ? '' : digits(ratio.aim)],
      ...[baseline === undefined ? '' : digits(baseline), wordsFor(ratio, verdict)],
    ]),
  };
}

function wordsFor(ratio: Ratio, verdict: Compared['verdict']): string {
  const aim = ratio.aim !== undefined && ratio.value < ratio.aim ? 'below its aim' : '';
  return [verdict === 'fallen' ? 'FALLEN' : '', aim].filter(Boolean).join(', ');
}

/** Three figures that count, never in powers of ten. */
export function digits(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const decimals = Math.max(0, 2 - Math.floor(Math.log10(Math.max(Math.abs(value), 0.001))));
  return value.toFixed(Math.min(decimals, 4));
}
