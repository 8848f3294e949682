import type { Command } from 'commander';
import type { Fraud } from '#shared/domain/fraud.ts';
import { fraudToJson } from '#shared/events/fraud-event.ts';
import { formatSeedAlert, seedHeader } from '../functions/notify/core/seed-format.ts';
import { watchNotify } from '../local/watch-notify.ts';
import { watchTopic } from '../local/watch-topic.ts';
import { parseDuration } from './duration.ts';
import { brokersOf, openKafka } from './kafka-flags.ts';
import { aborted, stopSignal } from './stop-signal.ts';

interface WatchFlags {
  readonly notify?: string;
  readonly token?: string;
  readonly kafka?: string;
  readonly topic: string;
  readonly fromBeginning?: boolean;
  readonly for?: number;
  readonly json?: boolean;
}

const EXAMPLES = `
Examples:
  ./splitwatch watch                                   a notify on this machine
  ./splitwatch watch --notify http://localhost:8080
  ./splitwatch watch --kafka localhost:9092 --from-beginning
  ./splitwatch watch --json | jq .total`;

export function register(program: Command): void {
  program
    .command('watch')
    .description('show fraud in the terminal as it is found')
    .option('--notify <url>', 'a running notify; http://127.0.0.1:8080 unless --kafka is given')
    .option('--token <token>', 'of its page, where it wants one (or PAGE_TOKEN)')
    .option('--kafka <host:port>', 'read the topic itself: brokers, separated by commas')
    .option('--topic <topic>', 'the topic with fraud events', 'fraud')
    .option('--from-beginning', 'what is in the topic already, too')
    .option('--for <time>', 'stop by itself, as in 30s or 5m', parseDuration)
    .option('--json', 'one JSON object a line instead of the seeds’ format')
    .addHelpText('after', EXAMPLES)
    .action(async (flags: WatchFlags, command: Command) => {
      if (flags.kafka !== undefined && flags.notify !== undefined) {
        command.error('splitwatch: either --notify or --kafka, not both');
      }
      await runWatch(flags);
    });
}

async function runWatch(flags: WatchFlags): Promise<void> {
  const signal = stopSignal(flags.for);
  let messages = 0;
  const onFraud = (fraud: Fraud): void => {
    messages += 1;
    const json = (): string => `${JSON.stringify(fraudToJson(fraud))}\n`;
    process.stdout.write(flags.json ? json() : formatSeedAlert(fraud));
  };
  await (flags.kafka === undefined
    ? followNotify(flags, onFraud, signal)
    : followTopic(flags, flags.kafka, onFraud, signal));
  if (!flags.json) process.stdout.write(`\nProcessed ${messages} messages\n`);
  process.exit(0);
}

async function followNotify(
  flags: WatchFlags,
  onFraud: (fraud: Fraud) => void,
  signal: AbortSignal,
): Promise<void> {
  const url = flags.notify ?? 'http://127.0.0.1:8080';
  if (!flags.json) process.stdout.write(seedHeader(url, flags.topic));
  try {
    await watchNotify({
      url,
      token: flags.token ?? process.env.PAGE_TOKEN,
      onFraud,
      onConnection: (isConnected, reason) => {
        const state = isConnected ? 'connected again' : `connection lost (${reason}), trying again`;
        process.stderr.write(`splitwatch: ${url}: ${state}\n`);
      },
      signal,
    });
  } catch (error) {
    const cause = (error as Error).cause;
    const why = cause instanceof Error && cause.message ? cause.message : (error as Error).message;
    throw new Error(`--notify ${url}: ${why}; is ./splitwatch demo or up running?`);
  }
}

async function followTopic(
  flags: WatchFlags,
  kafka: string,
  onFraud: (fraud: Fraud) => void,
  signal: AbortSignal,
): Promise<void> {
  const topics = openKafka(kafka, 'watch');
  if (!flags.json) process.stdout.write(seedHeader(brokersOf(kafka)[0] ?? '', flags.topic));
  const running = await watchTopic({
    reader: topics,
    topic: flags.topic,
    fromBeginning: flags.fromBeginning ?? false,
    onFraud,
    onOther: ({ partition, offset }, reason) => {
      process.stderr.write(`splitwatch: passed over ${partition}@${offset}: ${reason}\n`);
    },
  });
  await aborted(signal);
  await running.stop();
  await topics.close();
}
