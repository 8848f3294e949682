import type { Command } from 'commander';
import { BENCHMARKS } from '../bench/benchmarks.ts';
import { parseWhole } from './duration.ts';

interface BenchFlags {
  readonly check?: boolean;
  readonly short?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly writeBaseline?: boolean;
  readonly rounds?: number;
}

const HELP = `
Measures on servers of its own, all sides of a comparison in one run and by turns, and prints medians
and ratios; charts are written to bench/charts/. What it was measured on, and the last figures, stand
in bench/README.md. Needs Linux and redis-server; what has to do with Kafka needs Java 17, Flink's
side also Maven and a JDK.

Benchmarks:
${BENCHMARKS.map(({ name, summary }) => `  ${name.padEnd(10)} ${summary}`).join('\n')}

Exit code 1 with --check when a ratio is more than 15 % below bench/baseline.json.

Examples:
  ./splitwatch bench                        all of it
  ./splitwatch bench door --rounds 15
  ./splitwatch bench --check --short        what CI runs, under a minute`;

export function register(program: Command): void {
  program
    .command('bench')
    .description('measure what a transaction costs, and hold it against others')
    .argument('[names...]', 'which benchmarks; unless named all')
    .option('--check', 'fail when a ratio has fallen below its baseline')
    .option('--short', 'less of it, only what says enough in under a minute')
    .option('--rounds <n>', 'rounds of each side', parseWhole(1, 1000))
    .option('--write-baseline', 'keep the ratios as the new baseline')
    .option('--json', 'one JSON object a line: each benchmark')
    .option('--quiet', 'do not tell each round as it goes')
    .addHelpText('after', HELP)
    .action(async (names: readonly string[], flags: BenchFlags) => {
      const { runBench } = await import('../bench/run-bench.ts');
      const isQuiet = flags.quiet ?? false;
      // So that servers end with us, which they do when we exit.
      for (const signal of ['SIGINT', 'SIGTERM'] as const)
        process.once(signal, () => process.exit(1));
      process.exitCode = await runBench({
        ...{ names, rounds: flags.rounds, isShort: flags.short ?? false },
        isCheck: flags.check ?? false,
        isJson: flags.json ?? false,
        writesBaseline: flags.writeBaseline ?? false,
        environment: process.env,
        say: (text) => process.stdout.write(`${text}\n`),
        log: (line) => {
          if (!isQuiet) process.stderr.write(`${line}\n`);
        },
      });
    });
}
