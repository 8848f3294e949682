import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import { printableJson, type SendResult, sendToScore } from '../local/send-to-score.ts';
import { sendToTopic } from '../local/send-to-topic.ts';
import { openKafka } from './kafka-flags.ts';

interface SendFlags {
  readonly origin?: string;
  readonly target?: string;
  readonly amount?: string;
  readonly currency?: string;
  readonly time?: string;
  readonly id?: string;
  readonly score?: string;
  readonly token?: string;
  readonly kafka?: string;
  readonly topic: string;
  readonly json?: boolean;
}

/** Sends one transaction, a line or a JSON object as in S4. */
type Send = (text: string) => Promise<SendResult>;

const EXAMPLES = `
Examples:
  ./splitwatch send 66 26 7810.00
  ./splitwatch send --origin 66 --target 26 --amount 5175.00 --time 2026-11-22T10:00:00Z --id a-1
  ./splitwatch send --kafka localhost:9092 66 26 7810
  echo 'Sunday, 23-Jul-17 01:06:47 UTC;66;26;7810' | ./splitwatch send
  ./splitwatch send --json < transactions.jsonl`;

export function register(program: Command): void {
  program
    .command('send')
    .description('send one transaction, or many from a file')
    .argument('[origin]', 'paying account')
    .argument('[target]', 'receiving account')
    .argument('[amount]', 'as in 7810.00')
    .option('--origin <account>', 'paying account')
    .option('--target <account>', 'receiving account')
    .option('--amount <amount>', 'as in 7810.00')
    .option('--currency <code>', 'ISO 4217; USD unless given')
    .option('--time <time>', 'when it happened, RFC 3339 or RFC 850; now unless given')
    .option('--id <id>', 'its id: the same id again is the same transaction')
    .option('--score <url>', 'a running score; http://127.0.0.1:8081 unless --kafka is given')
    .option('--token <token>', 'that score wants (or AUTH_TOKEN)')
    .option('--kafka <host:port>', 'write to the topic: brokers, separated by commas')
    .option('--topic <topic>', 'the topic to write to', 'transactions')
    .option('--json', 'print the answer as JSON')
    .addHelpText(
      'after',
      `\nWithout an amount, lines are read from standard input: the seeds' or JSON objects.\n${EXAMPLES}`,
    )
    .action(
      async (
        origin: string | undefined,
        target: string | undefined,
        amount: string | undefined,
        flags: SendFlags,
        command: Command,
      ) => {
        if (flags.kafka !== undefined && flags.score !== undefined) {
          command.error('splitwatch: either --score or --kafka, not both');
        }
        const one = { origin: flags.origin ?? origin, target: flags.target ?? target };
        const text = oneTransaction({ ...flags, ...one, amount: flags.amount ?? amount }, command);
        process.exitCode = await runSend(text, flags);
      },
    );
}

/** The JSON of S4 that the arguments say; undefined when there are none: standard input is read. */
function oneTransaction(
  given: Partial<Record<keyof SendFlags, unknown>>,
  command: Command,
): string | undefined {
  const { origin, target, amount, currency, time, id } = given;
  if (origin === undefined && target === undefined && amount === undefined) {
    if (process.stdin.isTTY) {
      command.error('splitwatch: name ORIGIN TARGET AMOUNT, or pipe lines to standard input');
    }
    return undefined;
  }
  for (const [name, value] of Object.entries({ origin, target, amount })) {
    if (value === undefined) command.error(`splitwatch: --${name} is missing`);
  }
  const timestamp = time ?? new Date().toISOString();
  return JSON.stringify({ timestamp, origin, target, amount, currency, id });
}

/** Resolves with the exit code: 0 when all were accepted, else 1. */
async function runSend(text: string | undefined, flags: SendFlags): Promise<number> {
  const { send, close } = open(flags);
  let failures = 0;
  const sendOne = async (line: string): Promise<void> => {
    const result = await send(line);
    if (!result.isAccepted) failures += 1;
    process.stdout.write(`${flags.json ? printableJson(result) : result.summary}\n`);
  };
  try {
    if (text !== undefined) await sendOne(text);
    else {
      for await (const line of createInterface({ input: process.stdin })) {
        if (line.trim() !== '') await sendOne(line);
      }
    }
  } finally {
    await close();
  }
  return failures === 0 ? 0 : 1;
}

function open(flags: SendFlags): { send: Send; close: () => Promise<void> } {
  if (flags.kafka === undefined) {
    const url = flags.score ?? 'http://127.0.0.1:8081';
    const token = flags.token ?? process.env.AUTH_TOKEN;
    return { send: (text) => sendToScore(text, { url, token }), close: async () => {} };
  }
  const topics = openKafka(flags.kafka, 'send');
  return {
    send: (text) => sendToTopic(text, { writer: topics, topic: flags.topic, nowMs: Date.now() }),
    close: () => topics.close(),
  };
}
