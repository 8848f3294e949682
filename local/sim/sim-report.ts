import type { FaultName } from './faults/fault-kinds.ts';
import type { WorkerAnswer } from './sim-worker.ts';
import type { RunCounts, RunResult } from './simulate.ts';

/** Many runs added up, in the order in which they are printed as JSON. */
export interface SimSummary {
  readonly runs: number;
  readonly simulatedHours: number;
  readonly wallSeconds: number;
  readonly counts: RunCounts;
  readonly faults: Readonly<Partial<Record<FaultName, number>>>;
}

export interface SimTally {
  add(result: RunResult): void;
  summary(wallSeconds: number): SimSummary;
}

export function createTally(): SimTally {
  let runs = 0;
  let simulatedHours = 0;
  const counts: { -readonly [K in keyof RunCounts]: number } = {
    ...{ transactions: 0, alerts: 0, fraudEvents: 0, repeated: 0, duplicates: 0, late: 0 },
    ...{ deadLetters: 0, givenUp: 0, lost: 0, doubled: 0 },
  };
  const faults: Partial<Record<FaultName, number>> = {};
  return {
    add(result) {
      runs += 1;
      simulatedHours += result.hours;
      for (const name of Object.keys(counts) as (keyof RunCounts)[]) {
        counts[name] += result.counts[name];
      }
      for (const key of result.faults) {
        const name = kindOf(key);
        faults[name] = (faults[name] ?? 0) + 1;
      }
    },
    summary: (wallSeconds) => ({ runs, simulatedHours, wallSeconds, counts, faults }),
  };
}

/** A fault's key is its kind, a space, and what it was done to. */
function kindOf(key: string): FaultName {
  return key.slice(0, key.indexOf(' ')) as FaultName;
}

export function formatSummary({ runs, simulatedHours, wallSeconds, counts, faults }: SimSummary) {
  const kinds = Object.entries(faults).sort(([, a], [, b]) => b - a);
  const injected = kinds.reduce((sum, [, count]) => sum + count, 0);
  const rows: readonly (readonly [name: string, count: number, more: string])[] = [
    ['simulated hours', simulatedHours, `${runs} runs in ${wallSeconds.toFixed(1)} s`],
    ['faults injected', injected, ''],
    ...kinds.map(([kind, count]) => [`  ${kind}`, count, ''] as const),
    ['transactions', counts.transactions, ''],
    ['  added again', counts.duplicates, 'answered as the first time'],
    ['  late', counts.late, 'answers; each in the dead-letter topic'],
    ['alerts', counts.alerts, ''],
    ['fraud events', counts.fraudEvents, `and ${counts.repeated} of them sent again`],
    ['dead letters', counts.deadLetters, 'late ones and poison; others were sent again'],
    ['given up', counts.givenUp, 'while the dead-letter sink was away; read again'],
    ['lost', counts.lost, ''],
    ['doubled', counts.doubled, ''],
  ];
  return rows
    .map(([name, count, more]) =>
      `${name.padEnd(26)}${String(count).padStart(9)}  ${more}`.trimEnd(),
    )
    .join('\n');
}

/** What was broken, the shortest schedule that breaks it, its trace, and how to play it again. */
export function formatFailure(
  { result, shrunk }: WorkerAnswer,
  firstSeed: number,
  flags: string,
): string {
  const { seed, hours, setting, violation } = result;
  const lines = [
    `seed ${seed} (${hours} h, ${setting}) breaks: ${violation?.invariant}`,
    `  after ${(seed - firstSeed) * hours} simulated hours in which all was well`,
    `  ${violation?.detail}`,
  ];
  if (shrunk !== undefined) {
    const { faults, transactions, violation: left } = shrunk.result;
    lines.push(
      '',
      `The shortest schedule found in ${shrunk.tries} tries: ${transactions.length} of ` +
        `${result.transactions.length} transactions, ${faults.length} of ${result.faults.length} faults.`,
      ...shrunk.trace.map((line) => `  ${line}`),
      ...(left === undefined ? ['  (shrunk so far, it passes: a run is not what it was)'] : []),
    );
  }
  lines.push(
    '',
    `All of it, step by step: ./splitwatch sim --seed ${seed} --hours ${hours}${flags} --trace`,
  );
  return lines.join('\n');
}
