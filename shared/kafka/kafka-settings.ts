import type { SASLOptions } from 'kafkajs';
import { type ConfigOf, type Settings, setting } from '#shared/config.ts';

/** Settings of what talks to Kafka itself: `generate` and the tools; score and notify do not. */
export const kafkaSettings = {
  KAFKA_BROKERS: setting.list({
    description: 'Brokers to ask first, HOST:PORT, separated by commas.',
  }),
  KAFKA_TLS: setting.choice({
    description: 'Whether the brokers are reached over TLS.',
    fallback: 'off',
    choices: ['on', 'off'],
  }),
  KAFKA_SASL_MECHANISM: setting.choice({
    description: 'How to log in to the brokers.',
    fallback: 'none',
    choices: ['none', 'plain', 'scram-sha-256', 'scram-sha-512'],
  }),
  KAFKA_SASL_USERNAME: setting.optionalText({ description: 'User name for the brokers.' }),
  KAFKA_SASL_PASSWORD: setting.optionalText({
    description: 'Password for the brokers.',
    secret: true,
  }),
} as const satisfies Settings;

/** How to reach the brokers; part of what {@link createKafkaTopics} takes. */
export interface KafkaSecurity {
  readonly ssl: boolean;
  readonly sasl: SASLOptions | undefined;
}

export function kafkaSecurity(
  config: Omit<ConfigOf<typeof kafkaSettings>, 'KAFKA_BROKERS'>,
): KafkaSecurity {
  const username = config.KAFKA_SASL_USERNAME ?? '';
  const password = config.KAFKA_SASL_PASSWORD ?? '';
  const ssl = config.KAFKA_TLS === 'on';
  switch (config.KAFKA_SASL_MECHANISM) {
    case 'plain':
      return { ssl, sasl: { mechanism: 'plain', username, password } };
    case 'scram-sha-256':
      return { ssl, sasl: { mechanism: 'scram-sha-256', username, password } };
    case 'scram-sha-512':
      return { ssl, sasl: { mechanism: 'scram-sha-512', username, password } };
    default:
      return { ssl, sasl: undefined };
  }
}
