/**
 * How fast `./splitwatch replay` goes over history: from memory and from a CSV file.
 *
 *   node bench/replay.ts [--transactions 2000000] [--rounds 3] [--json]
 *
 * Two shapes of deterministic data, 1,000 transactions a second of event time: `wide`, 1,000,000
 * possible pairs, of which most have two or three transactions in all, and `dense`, 870 pairs with
 * some 690 in each window of ten minutes. Amounts are up to 10,000.00, so that a good part of
 * pairs crosses the threshold. From memory: transactions as the core takes them, told one after the
 * other. From CSV: bytes in memory in pieces of 1 MiB, so that it is not the disk that is measured;
 * everything else as from a file. One thread; processor time, which counts the garbage collector's
 * own threads too, says more than the clock where other work goes on. Beside it stands the least
 * that any such program does, a sum by pair in a Map: the ratio to it holds on a busy machine too.
 */
import { availableParallelism, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import type { Rule } from '#shared/domain/rule.ts';
import type { Transaction } from '#shared/domain/transaction.ts';
import { readFile } from '../local/replay/read-file.ts';
import { Replay, type ReplayCounts } from '../local/replay/replay.ts';
import { emptyRow, type RowTarget } from '../local/replay/rows-of-records.ts';

export interface ReplayFigure {
  /** `bare`: the same from memory, only looked up and added up by pair, without a window. */
  readonly from: 'bare' | 'memory' | 'CSV';
  readonly shape: 'wide' | 'dense';
  readonly transactions: number;
  readonly alerts: number;
  /** Transactions a second of the clock, and a second of processor time; the best round. */
  readonly perSecond: number;
  readonly perCpuSecond: number;
}

const ACCOUNTS = { wide: 1000, dense: 30 } as const;
const START_MS = Date.UTC(2017, 6, 23);
const RULE: Rule = {
  ...{ id: 'pair-total', version: 1, groupBy: 'pair', updates: 'doubling' },
  ...{ windowMs: 600_000, allowedLatenessMs: 600_000, thresholdMinor: 1_000_000 },
};

/** Measures each shape from memory and from CSV; takes some seconds a million and round. */
export async function measureReplay({
  transactions,
  rounds = 3,
}: {
  readonly transactions: number;
  readonly rounds?: number;
}): Promise<readonly ReplayFigure[]> {
  const figures: ReplayFigure[] = [];
  for (const shape of ['wide', 'dense'] as const) {
    const list = makeTransactions(transactions, ACCOUNTS[shape]);
    const pieces = toCsv(list);
    const ways = {
      bare: async () => bareSum(list),
      memory: async () => fromMemory(list).counts,
      CSV: async () => (await fromCsv(pieces)).counts,
    };
    for (const from of ['bare', 'memory', 'CSV'] as const) {
      figures.push(await best({ from, shape }, rounds, ways[from]));
    }
  }
  return figures;
}

async function best(
  what: Pick<ReplayFigure, 'from' | 'shape'>,
  rounds: number,
  run: () => Promise<Pick<ReplayCounts, 'counted' | 'alerts'>>,
): Promise<ReplayFigure> {
  let [perSecond, perCpuSecond, counted, alerts] = [0, 0, 0, 0];
  for (let round = 0; round < rounds; round++) {
    const [beganMs, cpu] = [performance.now(), process.cpuUsage()];
    ({ counted, alerts } = await run());
    const tookMs = performance.now() - beganMs;
    const { user, system } = process.cpuUsage(cpu);
    perSecond = Math.max(perSecond, Math.round((1000 * counted) / tookMs));
    perCpuSecond = Math.max(perCpuSecond, Math.round((1e6 * counted) / (user + system)));
  }
  return { ...what, transactions: counted, alerts, perSecond, perCpuSecond };
}

function bareSum(list: readonly Transaction[]): Pick<ReplayCounts, 'counted' | 'alerts'> {
  const sums = new Map<string, number>();
  for (const { origin, target, amountMinor } of list) {
    const key = `${origin}:${target}`;
    sums.set(key, (sums.get(key) ?? 0) + amountMinor);
  }
  return { counted: list.length, alerts: 0 };
}

function fromMemory(list: readonly Transaction[]): Replay {
  const replay = new Replay({ rule: RULE, disorderMs: 86_400_000 });
  const row = emptyRow();
  for (const { id, eventTimeMs, amountMinor, origin, target, currency } of list) {
    row.id = id;
    row.isIdOwn = false;
    row.eventTimeMs = eventTimeMs;
    row.amountMinor = amountMinor;
    row.originNumber = replay.accounts.ofText(origin);
    row.targetNumber = replay.accounts.ofText(target);
    row.currencyNumber = replay.currencies.ofText(currency);
    replay.add(row);
  }
  return replay;
}

async function fromCsv(pieces: readonly Buffer[]): Promise<Replay> {
  const replay = new Replay({ rule: RULE, disorderMs: 86_400_000 });
  const target: RowTarget = replay;
  async function* given(): AsyncGenerator<Buffer> {
    yield* pieces;
  }
  await readFile(given(), target, {
    ...{ fileName: 'bench.csv', columns: new Map(), isUtc: false },
    ...{ nowMs: Date.now(), maxFutureMs: 300_000, beginMs: 0 },
    onRefused: (place, error) => {
      throw new Error(`${place}: ${error.message}`);
    },
  });
  return replay;
}

/** As the comparison with Flink preloads them. */
function makeTransactions(count: number, accounts: number): readonly Transaction[] {
  const names = Array.from({ length: accounts }, (_, i) => String(i));
  let seed = 42;
  const upTo = (max: number): number => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor((seed / 4294967296) * max);
  };
  return Array.from({ length: count }, (_, i) => {
    const origin = upTo(accounts);
    const other = upTo(accounts);
    const target = origin === other ? (other + 1) % accounts : other;
    return {
      id: `/bench#${String(i).padStart(9, '0')}`,
      eventTimeMs: START_MS + Math.floor(i / 1000) * 1000,
      origin: names[origin] as string,
      target: names[target] as string,
      currency: 'USD',
      amountMinor: 100 * upTo(10_000),
    };
  });
}

function toCsv(list: readonly Transaction[]): readonly Buffer[] {
  const pieces: Buffer[] = [Buffer.from('timestamp,origin,target,amount\n')];
  for (let from = 0; from < list.length; from += 25_000) {
    const lines = list
      .slice(from, from + 25_000)
      .map(({ eventTimeMs, origin, target, amountMinor }) => {
        return `${new Date(eventTimeMs).toISOString()},${origin},${target},${amountMinor / 100}.00\n`;
      });
    pieces.push(Buffer.from(lines.join('')));
  }
  return pieces;
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      transactions: { type: 'string', default: '2000000' },
      rounds: { type: 'string', default: '3' },
      json: { type: 'boolean', default: false },
    },
  });
  const loadBefore = (loadavg()[0] as number).toFixed(1);
  const figures = await measureReplay({
    transactions: Number(values.transactions),
    rounds: Number(values.rounds),
  });
  const row = ({ from, shape, transactions, alerts, perSecond, perCpuSecond }: ReplayFigure) =>
    `| ${from}, ${shape} | ${[transactions, alerts, perSecond, perCpuSecond]
      .map((number) => number.toLocaleString('en-US'))
      .join(' | ')} |`;
  const table = [
    `Node ${process.version}, best of ${values.rounds}; load average before: ${loadBefore} on ` +
      `${availableParallelism()} cores`,
    '',
    '| from, shape | transactions | alerts | a second | a second of processor time |',
    '| --- | ---: | ---: | ---: | ---: |',
    ...figures.map(row),
  ];
  process.stdout.write(values.json ? `${JSON.stringify(figures)}\n` : `${table.join('\n')}\n`);
}
