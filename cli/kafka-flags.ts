import { ConfigError, readConfig } from '#shared/config.ts';
import { type KafkaSecurity, kafkaSecurity, kafkaSettings } from '#shared/kafka/kafka-settings.ts';
import { createKafkaTopics, type KafkaTopics } from '#shared/kafka/kafka-topics.ts';
import { createLog } from '#shared/log.ts';

const BROKER = /^(?:[\w.-]+|\[[\da-f:.]+\]):\d{1,5}$/i;

/**
 * The brokers of `--kafka HOST:PORT,…`.
 * @throws ConfigError that names those that are not written so.
 */
export function brokersOf(flag: string): readonly string[] {
  const brokers = flag.split(',').map((broker) => broker.trim());
  const wrong = brokers.filter((broker) => !BROKER.test(broker));
  if (wrong.length === 0) return brokers;
  throw new ConfigError([`--kafka ${wrong.join(', ')}: expected HOST:PORT, separated by commas`]);
}

/** How to log in to them: KAFKA_TLS and KAFKA_SASL_*, since a password is no argument. */
export function securityOfEnvironment(): KafkaSecurity {
  return kafkaSecurity(readConfig(kafkaSettings, { ...process.env, KAFKA_BROKERS: '-' }));
}

/** Connects when first used. */
export function openKafka(flag: string, name: string): KafkaTopics {
  const log = createLog(name, 'warn');
  return createKafkaTopics({ brokers: brokersOf(flag), log, security: securityOfEnvironment() });
}
