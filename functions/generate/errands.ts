import type { KafkaClientOptions } from '#shared/kafka/kafka-client.ts';
import { createKafkaGroups } from '#shared/kafka/kafka-groups.ts';
import { createKafkaTopics } from '#shared/kafka/kafka-topics.ts';
import type { GenerateConfig } from './config.ts';

/** Readers that are just leaving need about a session time-out to be gone. */
const LEAVE_TIMEOUT_MS = 60_000;

/**
 * What a start of generate is for, where it is not to serve: topics to make, or what is left of a
 * deployment to delete. Resolves with true when there was such an errand, and it is done.
 *
 * @throws AppError `topic`. Running it again is safe.
 */
export async function runErrand(
  config: Pick<GenerateConfig, 'MAKE_TOPICS' | 'DROP_GROUPS' | 'DROP_TOPICS'>,
  kafka: KafkaClientOptions,
): Promise<boolean> {
  const { MAKE_TOPICS: wanted, DROP_GROUPS: groups, DROP_TOPICS: topics } = config;
  if (wanted !== undefined) await makeTopics(kafka, wanted);
  if (groups !== undefined || topics !== undefined) await drop(kafka, groups ?? [], topics ?? []);
  return (wanted ?? groups ?? topics) !== undefined;
}

async function makeTopics(
  kafka: KafkaClientOptions,
  wanted: NonNullable<GenerateConfig['MAKE_TOPICS']>,
): Promise<void> {
  const topics = createKafkaTopics(kafka);
  try {
    await topics.ensureTopics(wanted);
    kafka.log.info({ topics: wanted }, 'the topics are there');
  } finally {
    await topics.close();
  }
}

async function drop(
  options: KafkaClientOptions,
  groups: readonly string[],
  topics: readonly string[],
): Promise<void> {
  const kafka = createKafkaGroups(options);
  try {
    const droppedGroups = await kafka.dropGroups(groups, LEAVE_TIMEOUT_MS);
    const droppedTopics = await kafka.dropTopics(topics);
    options.log.info({ groups: droppedGroups, topics: droppedTopics }, 'deleted');
  } finally {
    await kafka.close();
  }
}
