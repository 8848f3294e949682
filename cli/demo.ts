import { type Command, InvalidArgumentError } from 'commander';
import type { DemoOptions } from '../local/demo.ts';
import { parseDuration, parseWhole } from './duration.ts';
import { stopSignal } from './stop-signal.ts';

const EXAMPLES = `
Event time runs faster than the clock (--speed), so that windows of ten minutes pass in seconds. The
same seed, rate and speed give the same transactions and the same alerts.

Examples:
  ./splitwatch demo                          until Ctrl-C; open the page that it prints
  ./splitwatch demo --for 20s --seed 7       twenty seconds, then how many were found
  ./splitwatch demo --for 20s --json         one JSON object a line: alerts, then a summary
  ./splitwatch demo --rate 2000 --quiet      more, without a line for each alert`;

const parsePort = parseWhole(0, 65_535);

export function register(program: Command): void {
  program
    .command('demo')
    .description('run everything in one process on embedded parts')
    .option('--for <duration>', 'stop after so long, such as 20s', parseDuration)
    .option('--rate <n>', 'transactions a second', parseWhole(1, 20_000), 100)
    .option('--accounts <n>', 'accounts that move money', parseWhole(2, 1_000_000), 5000)
    .option('--seed <n>', 'what the traffic is made from', parseWhole(0, 2 ** 47), 1)
    .option('--speed <n>', 'seconds of event time in a second', parseSpeed, 60)
    .option('--port <n>', 'port of the page; 8080 or a free one unless set', parsePort)
    .option('--score-port <n>', 'port of score; 8081 or a free one unless set', parsePort)
    .option('--json', 'one JSON object a line: alerts as they come, at the end a summary', false)
    .option('--quiet', 'no line for each alert', false)
    .addHelpText('after', EXAMPLES)
    .action(async (flags: DemoOptions) => {
      const { runDemo } = await import('../local/demo.ts');
      process.exitCode = await runDemo(flags, {
        out: process.stdout,
        err: process.stderr,
        stopSignal: stopSignal(),
      });
    });
}

function parseSpeed(text: string): number {
  const value = /^\d{1,6}(\.\d{1,3})?$/.test(text) ? Number(text) : 0;
  if (value > 0) return value;
  throw new InvalidArgumentError('expected a number above 0, such as 60');
}
