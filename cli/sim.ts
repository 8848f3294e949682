import { type Command, Option } from 'commander';
import { FAULT_KINDS, FAULT_NAMES, PROFILES } from '../local/sim/faults/fault-kinds.ts';
import { PLANTED_BUGS } from '../local/sim/planted/planted-bugs.ts';
import type { SimOptions } from '../local/sim/run-sim.ts';
import { parseWhole } from './duration.ts';
import { stopSignal } from './stop-signal.ts';

const HELP = `
The product's own score, notify and KafkaSource run under a virtual clock, between a simulated
broker, Redis and network that fail. What they decide is held against the oracle at every step, and
all that was sent must be counted or a dead letter at the end. A run that breaks a promise is shrunk
to the shortest schedule that still does, and printed step by step. docs/reliability.md has more.

Faults:
${FAULT_NAMES.map((name) => `  ${name.padEnd(22)} ${FAULT_KINDS[name].summary}`).join('\n')}

Bugs to plant, to see that it bites:
${Object.entries(PLANTED_BUGS)
  .map(([name, { summary }]) => `  ${name.padEnd(32)} ${summary}`)
  .join('\n')}

Exit code 0: no promise was broken. 1: one was. Ctrl-C ends it with the sum so far.

Examples:
  ./splitwatch sim                                  100 runs of two hours, fresh seeds
  ./splitwatch sim --seed 7 --hours 4 --trace       one run again, step by step
  ./splitwatch sim --runs 500 --profile storm       four times as many faults
  ./splitwatch sim --faults redis-lost sink-away    only these two
  ./splitwatch sim --plant acknowledge-before-emitting`;

const RUNS = 100;
const parseSeed = parseWhole(0, 2 ** 47);

type Flags = Omit<SimOptions, 'seed' | 'runs'> & { readonly seed?: number; readonly runs?: number };

export function register(program: Command): void {
  program
    .command('sim')
    .description('simulate hours of failures in seconds, and check every promise')
    .option('--seed <n>', 'the first seed; a fresh one unless set', parseSeed)
    .option(
      '--runs <n>',
      `how many runs, each with the next seed; ${RUNS}, or 1 with --seed`,
      parseWhole(1, 1_000_000),
    )
    .option('--hours <n>', 'simulated hours of each run', parseWhole(1, 1000), 2)
    .addOption(
      new Option('--profile <name>', 'which faults, and how many')
        .choices(Object.keys(PROFILES))
        .default('all'),
    )
    .addOption(new Option('--faults <kind...>', 'only these kinds').choices([...FAULT_NAMES]))
    .addOption(
      new Option('--store <kind>', 'the pure core, or the Lua scripts; drawn unless set').choices([
        'core',
        'lua',
      ]),
    )
    .addOption(
      new Option('--plant <bug>', 'plant a bug into the product first').choices(
        Object.keys(PLANTED_BUGS),
      ),
    )
    .option('--trace', 'print every step of the first run', false)
    .option('--json', 'print the sum as one JSON object', false)
    .addHelpText('after', HELP)
    .action(async ({ seed, runs, ...flags }: Flags) => {
      const { runSim } = await import('../local/sim/run-sim.ts');
      const options = {
        ...flags,
        seed: seed ?? Math.floor(Math.random() * 2 ** 31),
        runs: runs ?? (seed === undefined ? RUNS : 1),
      };
      process.exitCode = await runSim(options, {
        out: process.stdout,
        err: process.stderr,
        stopSignal: stopSignal(),
      });
    });
}
