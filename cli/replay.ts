import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { readFile as readWholeFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { FraudUpdates } from '#shared/domain/rule.ts';
import { AppError } from '#shared/errors.ts';
import { parseRfc3339 } from '#shared/events/rfc3339-time.ts';
import { createKafkaHistory } from '#shared/kafka/kafka-history.ts';
import { createLog } from '#shared/log.ts';
import { printableJson } from '../local/printable.ts';
import { type ColumnName, parseColumns } from '../local/replay/columns.ts';
import { parseLabels } from '../local/replay/planted-labels.ts';
import { readFile } from '../local/replay/read-file.ts';
import { readTopic } from '../local/replay/read-topic.ts';
import { replayText, replayToJson } from '../local/replay/replay-report.ts';
import { type ReadHistory, runReplay } from '../local/replay/replay-run.ts';
import { parseDuration } from './duration.ts';
import { brokersOf, securityOfEnvironment } from './kafka-flags.ts';
import { chooseRule, type RuleFlags, withRuleFlags } from './rule-flags.ts';

const HELP = `
FILE is CSV with a header (timestamp,origin,target,amount[,currency][,id][,label], or the columns of
IBM AMLworld, SAML-D or PaySim), lines as timestamp;origin;target;amount, or JSON lines; - is
standard input. What each is read as: docs/replay.md.

Exit code: 0 every line was read, 1 some were refused or nothing could be read, 64 wrong usage.

Examples:
  ./splitwatch replay payments.csv
  ./splitwatch replay payments.csv --threshold 5000.00 --window 30m --alerts alerts.jsonl
  ./splitwatch replay HI-Small_Trans.csv --sort --json | jq .labels
  ./splitwatch replay export.csv --columns timestamp=Date+Time,origin=From,target=To,amount=4 --utc
  ./splitwatch replay --kafka localhost:9092 --topic transactions
  ./splitwatch generate --stdout --count 50000 --rate max | ./splitwatch replay -`;

interface ReplayFlags extends RuleFlags {
  readonly kafka?: string;
  readonly topic: string;
  readonly updates?: FraudUpdates;
  readonly sort?: boolean;
  readonly disorder: number;
  readonly maxFuture: number;
  readonly columns?: ReadonlyMap<ColumnName, string>;
  readonly utc?: boolean;
  readonly begin: number;
  readonly alerts?: string;
  readonly labels?: string;
  readonly json?: boolean;
}

export function register(program: Command): void {
  const command = program
    .command('replay')
    .description('run the rule over history, and say what it would have found')
    .argument('[file]', 'CSV, lines or JSON lines; - is standard input')
    .option('--kafka <host:port>', 'read a topic instead; brokers, separated by commas')
    .option('--topic <topic>', 'the topic with the transactions', 'transactions');
  withRuleFlags(command)
    .addOption(
      new Option(
        '--updates <when>',
        'when an open alert is brought up to date; as score says, else doubling',
      ).choices(['doubling', 'every', 'never']),
    )
    .option('--sort', 'put all in order of event time first, in memory')
    .addOption(
      new Option('--disorder <time>', 'how far behind others a transaction may come')
        .argParser(parseDuration)
        .default(86_400_000, '24h'),
    )
    .addOption(
      new Option('--max-future <time>', 'how far ahead of the clock a time may be; 0 is any')
        .argParser(parseDuration)
        .default(300_000, '5m'),
    )
    .option(
      '--columns <name=column,…>',
      'which columns of CSV to read, by name or number',
      columnsOf,
    )
    .option('--utc', 'times without an offset are UTC')
    .addOption(
      new Option('--begin <time>', 'when step 0 of PaySim was')
        .argParser(parseTime)
        .default(Date.UTC(2026, 0, 1), '2026-01-01T00:00:00Z'),
    )
    .option('--alerts <file>', 'write fraud events, one JSON object a line; - is standard output')
    .option('--labels <file>', 'what generate --labels wrote: say how much of it was found')
    .option('--json', 'the summary as one JSON object')
    .addHelpText('after', HELP)
    .action(run);
}

async function run(file: string | undefined, flags: ReplayFlags, command: Command): Promise<void> {
  if ((file === undefined) === (flags.kafka === undefined)) {
    command.error('splitwatch: a FILE is needed, or --kafka HOST:PORT; - is standard input');
  }
  const alerts = flags.alerts === undefined ? undefined : await openAlerts(flags.alerts);
  const labels = flags.labels === undefined ? undefined : await labelsOf(flags.labels);
  const progress = progressOf(flags);
  const { rule, words } = await chooseRule(flags);
  const report = await runReplay({
    source: file === '-' ? 'standard input' : (file ?? `topic ${flags.topic}`),
    read: file === undefined ? topicReader(flags) : fileReader(file, flags, progress.bytes),
    ...{ rule: { ...rule, updates: flags.updates ?? rule.updates }, ruleWords: words },
    ...{ isSorted: flags.sort ?? false, disorderMs: flags.disorder },
    ...{ writeAlerts: alerts?.write, planted: labels, onProgress: progress.rows, now: Date.now },
  }).finally(progress.end);
  await alerts?.close();
  const screen = flags.alerts === '-' ? process.stderr : process.stdout;
  screen.write(flags.json ? `${printableJson(replayToJson(report))}\n` : replayText(report));
  if (report.refused.count > 0) process.exitCode = 1;
}

function fileReader(
  file: string,
  flags: ReplayFlags,
  onBytes: (bytes: number, all: number) => void,
): ReadHistory {
  return async (target, onRefused, onSome) => {
    let read = 0;
    const all = file === '-' ? 0 : await sizeOf(file);
    const pieces: AsyncIterable<Buffer> =
      file === '-' ? process.stdin : createReadStream(file, { highWaterMark: 1024 * 1024 });
    try {
      return await readFile(pieces, target, {
        fileName: file === '-' ? 'stdin' : basename(file),
        ...{ columns: flags.columns ?? new Map(), isUtc: flags.utc ?? false },
        ...{ nowMs: Date.now(), maxFutureMs: flags.maxFuture, beginMs: flags.begin, onRefused },
        onPiece: async (bytes) => {
          read += bytes;
          onBytes(read, all);
          await onSome();
        },
      });
    } catch (error) {
      throw new Error(`${file}: ${(error as Error).message}`, { cause: error });
    }
  };
}

async function sizeOf(file: string): Promise<number> {
  try {
    const { size } = await stat(file);
    return size;
  } catch (error) {
    throw new Error(`${file}: cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

function topicReader(flags: ReplayFlags): ReadHistory {
  return async (target, onRefused, onSome) => {
    const brokers = brokersOf(flags.kafka as string);
    const log = createLog('replay', 'silent');
    const history = createKafkaHistory({ brokers, log, security: securityOfEnvironment() });
    try {
      await readTopic(target, { history, topic: flags.topic, onRefused, onProgress: onSome });
      return 'records';
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const cure = 'is --kafka a running broker, as HOST:PORT?';
      throw new Error(`${error.message}; ${cure} (--kafka ${flags.kafka})`, { cause: error });
    } finally {
      await history.close();
    }
  };
}

async function openAlerts(file: string) {
  const stream = file === '-' ? process.stdout : createWriteStream(file);
  try {
    if (stream !== process.stdout) await once(stream, 'open');
  } catch (error) {
    throw new Error(`--alerts ${file}: ${(error as NodeJS.ErrnoException).code}`, { cause: error });
  }
  return {
    write: async (text: string): Promise<void> => {
      if (!stream.write(text)) await once(stream, 'drain');
    },
    close: async (): Promise<void> => {
      if (stream === process.stdout) return;
      stream.end();
      await once(stream, 'finish');
    },
  };
}

async function labelsOf(file: string) {
  try {
    return parseLabels(await readWholeFile(file, 'utf8'));
  } catch (error) {
    throw new Error(`--labels ${file}: ${(error as Error).message}`, { cause: error });
  }
}

/** One line on a terminal, drawn over and over. */
function progressOf({ json }: ReplayFlags) {
  const isShown = process.stderr.isTTY && !json;
  let percent = '';
  let drawnMs = 0;
  return {
    bytes: (read: number, all: number): void => {
      percent = all === 0 ? '' : ` (${Math.floor((100 * read) / all)} %)`;
    },
    rows: (rows: number, alerts: number): void => {
      if (!isShown || Date.now() - drawnMs < 200) return;
      drawnMs = Date.now();
      process.stderr.write(`\r${rows} read${percent}, ${alerts} alerts\x1b[K`);
    },
    end: (): void => {
      if (isShown) process.stderr.write('\r\x1b[K');
    },
  };
}

function columnsOf(text: string): ReadonlyMap<ColumnName, string> {
  try {
    return parseColumns(text);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}

function parseTime(text: string): number {
  const timeMs = parseRfc3339(text);
  if (timeMs !== undefined && timeMs >= 0) return timeMs;
  throw new InvalidArgumentError('expected an RFC 3339 time such as 2026-01-01T00:00:00Z');
}
