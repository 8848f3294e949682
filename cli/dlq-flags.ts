import { userInfo } from 'node:os';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { AppError } from '#shared/errors.ts';
import { createKafkaHistory, type TopicHistory } from '#shared/kafka/kafka-history.ts';
import type { KafkaTopics } from '#shared/kafka/kafka-topics.ts';
import { createLog } from '#shared/log.ts';
import { isLetterName } from '../local/dlq/read-letters.ts';
import { parseDuration } from './duration.ts';
import { brokersOf, openKafka, securityOfEnvironment } from './kafka-flags.ts';
import { withRuleFlags } from './rule-flags.ts';

/** What every command about dead letters is told. */
export interface DlqFlags {
  readonly kafka: string;
  readonly topic: string;
  readonly json?: boolean;
}

export function withDlqFlags(command: Command): Command {
  return command
    .addOption(
      new Option('--kafka <host:port>', 'brokers, separated by commas')
        .env('KAFKA_BROKERS')
        .makeOptionMandatory(),
    )
    .option('--topic <topic>', 'the topic with the dead letters', 'transactions-dlq')
    .option('--json', 'one JSON object a line');
}

/** The rule by which late ones are assessed; give what score runs with. */
export function withAssessFlags(command: Command): Command {
  return withRuleFlags(command).addOption(
    new Option(
      '--look-back <time>',
      'how long before a late one the topic is read, by the records’ timestamps; window, lateness and 5m unless given',
    ).argParser(parseDuration),
  );
}

export function parseLetterNames(text: string, names: readonly string[] = []): readonly string[] {
  if (!isLetterName(text)) {
    throw new InvalidArgumentError('expected a letter as ls names it, such as 0/17');
  }
  return names.includes(text) ? names : [...names, text];
}

/** Gives what talks to Kafka to the work, and lets go of it in the end. */
export async function withKafka<T>(
  { kafka }: DlqFlags,
  work: (parts: { topics: KafkaTopics; history: TopicHistory }) => Promise<T>,
): Promise<T> {
  const topics = openKafka(kafka, 'dlq');
  const log = createLog('dlq', 'warn');
  const security = securityOfEnvironment();
  const history = createKafkaHistory({ brokers: brokersOf(kafka), log, security });
  try {
    return await work({ topics, history });
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'topic') throw error;
    const cure = 'is --kafka a running broker, as HOST:PORT?';
    throw new Error(`${error.message}; ${cure}`, { cause: error });
  } finally {
    await Promise.all([topics.close(), history.close()]);
  }
}

/** Who decides: kept with each decision. */
export function currentUser(): string {
  return process.env.USER || process.env.LOGNAME || nameOfProcess();
}

function nameOfProcess(): string {
  try {
    return userInfo().username;
  } catch {
    return 'unknown'; // in a container the user may have no name
  }
}
