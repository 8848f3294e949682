import { readConfig } from '#shared/config.ts';
import { type KafkaSecurity, kafkaSecurity, kafkaSettings } from '#shared/kafka/kafka-settings.ts';
import { createKafkaTopics, type KafkaTopics } from '#shared/kafka/kafka-topics.ts';
import { createLog } from '#shared/log.ts';

/** The brokers of `--kafka HOST:PORT,…`. */
export function brokersOf(flag: string): readonly string[] {
  return flag.split(',').map((broker) => broker.trim());
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
