import { userInfo } from 'node:os';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { createKafkaHistory, type TopicHistory } from '#shared/kafka/kafka-history.ts';
import { createKafkaTopics, type KafkaTopics } from '#shared/kafka/kafka-topics.ts';
import { createLog } from '#shared/log.ts';
import { isLetterName } from '../local/dlq/read-letters.ts';
import { parseDuration } from './duration.ts';
import { securityOfEnvironment } from './kafka-flags.ts';
import { findLine, type Line, type LineFlags, withLineFlags } from './line-flags.ts';
import { withRuleFlags } from './rule-flags.ts';

/** What every command about dead letters is told. */
export interface DlqFlags extends LineFlags {
  readonly topic?: string;
  readonly json?: boolean;
}

export function withDlqFlags(command: Command): Command {
  return withLineFlags(command)
    .option('--topic <topic>', 'with the dead letters; transactions-dlq unless given or found')
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

/** What the work about dead letters is given. */
export interface DlqParts {
  readonly topics: KafkaTopics;
  readonly history: TopicHistory;
  /** The topic with the dead letters. */
  readonly topic: string;
  readonly deployed: Line['deployed'];
}

/** Gives what talks to Kafka to the work, and lets go of it in the end. */
export async function withKafka<T>(
  flags: DlqFlags,
  work: (parts: DlqParts) => Promise<T>,
): Promise<T> {
  const { brokers, deployed } = await findLine(flags);
  const topic = flags.topic ?? deployed?.deadLetterTopic ?? 'transactions-dlq';
  const log = createLog('dlq', 'warn');
  const kafka = { brokers, log, security: securityOfEnvironment() };
  const topics = createKafkaTopics(kafka);
  const history = createKafkaHistory(kafka);
  try {
    return await work({ topics, history, topic, deployed });
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
