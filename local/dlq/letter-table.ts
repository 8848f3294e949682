import { printable } from '../printable.ts';
import { describeDecision } from './decision-text.ts';
import { isOpen } from './decisions.ts';
import type { LetterCase } from './read-letters.ts';

const HEAD = ['LETTER', 'AGE', 'REASON', 'FIELD', 'FROM', 'ID', 'DETAIL'];
const CELL_MAX = [20, 5, 34, 16, 20, 44, 60];

/** The letters as a table for a terminal; a second line a letter says what was decided. */
export function letterTable(cases: readonly LetterCase[], nowMs: number): string {
  if (cases.length === 0) return '';
  const rows = cases.map(({ letter }) =>
    [
      letter.name,
      ageText(nowMs - letter.record.timestampMs),
      letter.reason.text,
      letter.field ?? '',
      letter.from ?? '',
      letter.id ?? '',
      letter.detail,
    ].map((cell, i) => shorten(printable(cell), i)),
  );
  const widths = HEAD.map((_, i) =>
    Math.max(...[HEAD, ...rows.slice(0, 10_000)].map((row) => (row[i] as string).length)),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((cell, i) => cell.padEnd(widths[i] as number))
      .join('  ')
      .trimEnd();
  const lines = [line(HEAD)];
  rows.forEach((row, i) => {
    lines.push(line(row));
    const decision = cases[i]?.decision;
    if (decision !== undefined) lines.push(`    ${describeDecision(decision)}`);
  });
  return `${lines.join('\n')}\n`;
}

/** `3 open: 2 late, 1 malformed; 4 decided`. */
export function letterCounts(cases: readonly LetterCase[]): string {
  const open = cases.filter(({ decision }) => isOpen(decision));
  const counts = new Map<string, number>();
  for (const { letter } of open) {
    counts.set(letter.reason.word, (counts.get(letter.reason.word) ?? 0) + 1);
  }
  const byReason = [...counts].sort(([, a], [, b]) => b - a).map(([word, n]) => `${n} ${word}`);
  const reasons = byReason.length === 0 ? '' : `: ${byReason.join(', ')}`;
  return `${open.length} open${reasons}; ${cases.length - open.length} decided`;
}

const UNITS: ReadonlyArray<readonly [ms: number, unit: string]> = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'm'],
];

/** In the largest unit that it has a whole one of: 90 s → `1m`, 30 h → `1d`. */
export function ageText(ms: number): string {
  const [unitMs, unit] = UNITS.find(([least]) => ms >= least) ?? [1000, 's'];
  return `${Math.max(0, Math.floor(ms / unitMs))}${unit}`;
}

/** Cuts ids in the middle, as both ends of them tell, and the rest at the end. */
function shorten(text: string, column: number): string {
  const max = CELL_MAX[column] as number;
  if (text.length <= max) return text;
  const head = HEAD[column] === 'ID' ? Math.ceil((max - 1) / 2) : max - 1;
  return `${text.slice(0, head)}…${text.slice(text.length - (max - 1 - head))}`;
}
