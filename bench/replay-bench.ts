import type { BenchOptions, BenchResult, Ratio } from './benchmark.ts';
import { measureReplay, type ReplayFigure } from './replay.ts';

const TRANSACTIONS = 2_000_000;
const TRANSACTIONS_SHORT = 200_000;
/** A second of processor time. */
const AIMS = { memory: 1_000_000, CSV: 400_000 } as const;

/** `./splitwatch replay` over history; replay.ts says how it is measured. */
export async function run({ isShort, rounds = 3 }: BenchOptions): Promise<BenchResult> {
  const transactions = isShort ? TRANSACTIONS_SHORT : TRANSACTIONS;
  const figures = await measureReplay({ transactions, rounds });
  return {
    summary: `${transactions.toLocaleString('en')} transactions, the best of ${rounds} rounds`,
    tables: [
      {
        head: ['from, shape', 'alerts', 'a second', 'a second of processor time'],
        rows: figures.map(({ from, shape, alerts, perSecond, perCpuSecond }) => [
          `${from}, ${shape}`,
          ...[alerts, perSecond, perCpuSecond].map((value) => value.toLocaleString('en')),
        ]),
      },
    ],
    ratios: figures.flatMap((figure) => ratioOf(figure)),
    charts: [],
  };
}

function ratioOf({ from, shape, perCpuSecond }: ReplayFigure): Ratio[] {
  if (from === 'bare') return []; // what the others stand beside
  const aim = AIMS[from];
  const name = `from ${from}, ${shape} ÷ ${aim.toLocaleString('en')} a second`;
  return [{ name, value: perCpuSecond / aim, aim: 1, isOfMachine: true }];
}
