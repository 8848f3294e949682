import { type Command, InvalidArgumentError, Option } from 'commander';
import { parseAmount } from '#shared/domain/amount.ts';
import { parseRfc3339 } from '#shared/events/rfc3339-time.ts';
import type { TrafficOptions } from '../functions/generate/core/traffic-options.ts';
import type { RecordFormat } from '../functions/generate/generate.ts';
import { kafkaOutput, openLabels, textOutput } from '../local/generate-output.ts';
import { runGenerate } from '../local/generate-run.ts';
import { parseDuration, parseWhole } from './duration.ts';
import { openKafka } from './kafka-flags.ts';
import { stopSignal } from './stop-signal.ts';

interface GenerateFlags {
  readonly kafka?: string;
  readonly stdout?: boolean;
  readonly topic: string;
  readonly partitions: number;
  readonly count?: number;
  readonly for?: number;
  readonly rate?: number;
  readonly speed: number;
  readonly seed: number;
  readonly shape: 'realistic' | 'seed';
  readonly format: RecordFormat;
  readonly accounts?: number;
  readonly planted?: number;
  readonly duplicates?: number;
  readonly outOfOrder?: number;
  readonly window: number;
  readonly threshold: number;
  readonly start?: number;
  readonly now?: boolean;
  readonly labels?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

const EXAMPLES = `
Event time begins on 2026-01-05 at 09:00 UTC, so the same options give the same transactions with
the same ids: written twice, they are counted once. Use --now for traffic that goes on from what a
running system has seen; there, transactions of last January would be late.

Examples:
  ./splitwatch generate --kafka localhost:9092 --now
  ./splitwatch generate --kafka localhost:9092 --count 50000 --rate max --labels labels.jsonl
  ./splitwatch generate --stdout --count 5
  ./splitwatch generate --stdout --shape seed --format line --rate max --count 20
  ./splitwatch generate --stdout --count 500 --rate max | ./splitwatch send`;

const SHARE = parseDecimal(0, 1);
const UNPACED = Number.POSITIVE_INFINITY;
// Transactions a second of event time where --rate max begins at the clock: so dense that a good
// many fit in before score finds them too far ahead of it (S5).
const UNPACED_RATE_NOW = 1000;

export function register(program: Command): void {
  program
    .command('generate')
    .description('write seeded traffic with planted structuring to a topic')
    .addOption(
      new Option('--kafka <host:port>', 'brokers, separated by commas').env('KAFKA_BROKERS'),
    )
    .option('--stdout', 'print transactions, one a line, instead of writing them to Kafka')
    .option('--topic <topic>', 'the topic to write to', 'transactions')
    .option('--partitions <number>', 'of the topic, when it is to be made', parseWhole(1, 1000), 6)
    .option('--count <transactions>', 'stop after so many deliveries', parseWhole(1, 1e12))
    .option('--for <time>', 'stop after so long, as in 30s or 5m', parseDuration)
    .option('--rate <per second>', 'of the clock, or max; 50, in the seed shape 1', parseRate)
    .option('--speed <times>', 'event time runs faster than the clock', parseWhole(1, 86_400), 1)
    .option('--seed <number>', 'what chance begins with', parseWhole(0, 1e15), 1)
    .addOption(shapeOption())
    .addOption(formatOption())
    .option('--accounts <number>', 'accounts; 5000, in the seed shape 10', parseWhole(2, 1e8))
    .option('--planted <share>', 'transactions of planted cases, 0 to 1; 0.05', SHARE)
    .option('--duplicates <share>', 'transactions that come twice, 0 to 1; 0.02', SHARE)
    .option('--out-of-order <share>', 'transactions that come late, 0 to 1; 0.02', SHARE)
    .addOption(windowOption())
    .addOption(thresholdOption())
    .option('--start <time>', 'event time of the beginning, RFC 3339', parseTime)
    .option('--now', 'event time begins at the clock')
    .option('--labels <file>', 'write what was planted, one JSON object a line')
    .option('--json', 'print the summary as JSON, and no progress')
    .option('--quiet', 'print nothing')
    .addHelpText('after', EXAMPLES)
    .action(async (flags: GenerateFlags, command: Command) => {
      if (!flags.stdout && !flags.kafka) {
        command.error('splitwatch: --kafka HOST:PORT is needed, or --stdout');
      }
      await run(flags);
    });
}

async function run(flags: GenerateFlags): Promise<void> {
  const labels = flags.labels === undefined ? undefined : await openLabels(flags.labels);
  const output = flags.stdout
    ? textOutput(process.stdout)
    : await kafkaOutput(
        openKafka(flags.kafka as string, 'generate'),
        flags.topic,
        flags.partitions,
      );
  // What is printed for people must not stand among the transactions.
  const screen = flags.stdout ? process.stderr : process.stdout;
  try {
    const lines = await runGenerate({
      generate: {
        traffic: trafficOf(flags),
        speed: flags.rate === UNPACED ? undefined : flags.speed,
        format: flags.format,
        signal: stopSignal(flags.for),
      },
      write: output.write,
      ...(labels === undefined ? {} : { writeLabels: labels.write }),
      ...(process.stderr.isTTY && !flags.json && !flags.quiet ? { progress: process.stderr } : {}),
      isJson: flags.json ?? false,
    });
    if (!flags.quiet) screen.write(`${lines}\n`);
  } finally {
    await labels?.close();
    await output.close();
  }
}

/** Rates and shares that are not given stay out, so that the shape says them. */
function trafficOf(flags: GenerateFlags): TrafficOptions {
  const unpacedRate = flags.now ? UNPACED_RATE_NOW : undefined;
  const rate = flags.rate ?? (flags.shape === 'seed' ? 1 : 50);
  const given = {
    ratePerSecond: rate === UNPACED ? unpacedRate : rate / flags.speed,
    accounts: flags.accounts,
    plantedShare: flags.planted,
    duplicateShare: flags.duplicates,
    outOfOrderShare: flags.outOfOrder,
    startTimeMs: flags.now ? Date.now() : flags.start,
    count: flags.count,
  };
  return {
    seed: flags.seed,
    shape: flags.shape,
    windowMs: flags.window,
    thresholdMinor: flags.threshold,
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
  };
}

function shapeOption(): Option {
  return new Option('--shape <shape>', 'as it might be, or the uniform traffic of the seeds')
    .choices(['realistic', 'seed'])
    .default('realistic');
}

function formatOption(): Option {
  return new Option('--format <format>', 'CloudEvents, or the lines of the seeds')
    .choices(['event', 'line'])
    .default('event');
}

function windowOption(): Option {
  return new Option('--window <time>', 'the window that cases are planted for')
    .argParser(parseWindow)
    .default(600_000, '10m');
}

function thresholdOption(): Option {
  return new Option('--threshold <amount>', 'the threshold that they are planted for')
    .argParser(parseThreshold)
    .default(1_000_000, '10000.00');
}

function parseRate(text: string): number {
  return text === 'max' ? UNPACED : parseDecimal(0.001, 1_000_000)(text);
}

function parseDecimal(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,9}(\.\d{1,6})?$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(`expected a number from ${min} to ${max}`);
  };
}

function parseWindow(text: string): number {
  const windowMs = parseDuration(text);
  if (windowMs % 1000 === 0 && windowMs >= 100_000) return windowMs;
  throw new InvalidArgumentError('expected whole seconds, at least 100s');
}

function parseThreshold(text: string): number {
  const amountMinor = parseAmount(text) ?? 0;
  if (amountMinor >= 1000 && amountMinor <= 100_000_000_000_000) return amountMinor;
  throw new InvalidArgumentError('expected an amount of at least 10.00');
}

function parseTime(text: string): number {
  const timeMs = parseRfc3339(text);
  if (timeMs !== undefined) return timeMs;
  throw new InvalidArgumentError('expected a time such as 2026-01-05T09:00:00Z');
}
