import type { FaultResult } from './chaos-run.ts';

type Row = Pick<FaultResult, 'fault' | 'times' | 'recoveredMs' | 'lost' | 'doubled' | 'problems'>;

const FAULT_CHARACTERS = 18;

/** The table's first line. */
export const TABLE_HEAD = line('fault', 'times', 'recovered in', 'lost', 'doubled');

/** One line of the table; what is wrong beside lost and doubled stands below it, indented. */
export function tableRow({ fault, times, recoveredMs, lost, doubled, problems }: Row): string {
  const seconds = `${(recoveredMs / 1000).toFixed(1)} s`;
  const row = line(fault, String(times), seconds, String(lost), String(doubled));
  return [row, ...problems.slice(0, 5).map((problem) => `    ${problem}`)].join('\n');
}

function line(fault: string, times: string, recovered: string, lost: string, doubled: string) {
  const cells = [times.padStart(7), recovered.padStart(14), lost.padStart(7), doubled.padStart(9)];
  return `${fault.padEnd(FAULT_CHARACTERS)}${cells.join('')}`;
}
