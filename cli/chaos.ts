import { type Command, Option } from 'commander';
import type { FaultResult } from '../local/chaos/chaos-run.ts';
import { parseDuration, parseWhole } from './duration.ts';
import { stopSignal } from './stop-signal.ts';

interface ChaosFlags {
  readonly list?: boolean;
  readonly seed: number;
  readonly for: number;
  readonly rate: number;
  readonly unordered?: boolean;
  readonly source: 'single' | 'batch';
  readonly json?: boolean;
}

const HELP = `
Starts a Redis, a Kafka broker, score, notify and the local eventing runtime, all of its own and all
behind proxies, writes transactions with planted cases and poison at a steady rate, and has one fault
strike after the other, then all at once. After each it waits until all is settled, and compares
totals, fraud events, alerts and dead letters with the oracle's. Needs redis-server and Java. The
same seed plants the same; when things happen is the machine's. Exit code 1 when anything is wrong.

Examples:
  ./splitwatch chaos                               every fault, about four minutes
  ./splitwatch chaos --list                        what there is
  ./splitwatch chaos redis-killed all-at-once
  ./splitwatch chaos --source batch                transactions and fraud events in batches
  ./splitwatch chaos score-killed --for 20s --rate 500 --json`;

export function register(program: Command): void {
  program
    .command('chaos')
    .description('break real parts under load, and count what is lost')
    .argument('[faults...]', 'which, in this order; unless named each one, then all at once')
    .option('--list', 'say which faults there are')
    .option('--seed <n>', 'what the traffic is made from', parseWhole(0, 2 ** 47), 1)
    .option('--for <time>', 'load before each fault, as in 5s', parseDuration, 2000)
    .option('--rate <per second>', 'transactions', parseWhole(1, 2000), 200)
    .option('--unordered', 'many requests at a time for each partition, as on a cluster')
    .addOption(
      new Option('--source <kind>', 'transactions and fraud events a POST: one, or batches')
        .choices(['single', 'batch'])
        .default('single'),
    )
    .option('--json', 'one JSON object a line: each fault, and at the end a summary')
    .addHelpText('after', HELP)
    .action(async (names: readonly string[], flags: ChaosFlags) => {
      const { stepsOf } = await import('../local/chaos/chaos-program.ts');
      const steps = stepsOf(names);
      if (!flags.list) process.exit(await play(names, steps.length, flags));
      for (const { name, summary } of steps) say(`${name.padEnd(18)}${summary}`);
    });
}

async function play(
  names: readonly string[],
  count: number,
  { json, seed, rate, unordered, source, ...flags }: ChaosFlags,
): Promise<number> {
  const { runChaos } = await import('../local/chaos/chaos-program.ts');
  const { TABLE_HEAD, tableRow } = await import('../local/chaos/chaos-table.ts');
  let isFirst = true;
  const onResult = (result: FaultResult): void => {
    if (!json && isFirst) say(`\n${TABLE_HEAD}`);
    isFirst = false;
    say(json ? JSON.stringify(result) : tableRow(result));
  };
  const results = await runChaos({
    ...{ names, seed, ratePerSecond: rate, loadMs: flags.for, onResult },
    ordering: unordered ? 'unordered' : 'ordered',
    source,
    environment: process.env,
    log: (line) => process.stderr.write(`${line}\n`),
    now: Date.now,
    signal: stopSignal(),
  });
  const bad = results.filter(({ problems }) => problems.length > 0).map(({ fault }) => fault);
  const records = results.at(-1)?.records ?? 0;
  const played = results.length;
  if (json) say(JSON.stringify({ summary: { seed, played, of: count, records, bad } }));
  else {
    const verdict = bad.length === 0 ? 'nothing lost, nothing doubled' : `WRONG: ${bad.join(', ')}`;
    say(`\n${played} of ${count} played, ${records} records written: ${verdict}`);
  }
  return bad.length === 0 && played === count ? 0 : 1;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
