import { describe, expect, it } from 'vitest';
import { readConfig } from '#shared/config.ts';
import { kafkaSecurity, kafkaSettings } from './kafka-settings.ts';

const secure = (environment: Record<string, string>) =>
  kafkaSecurity(readConfig(kafkaSettings, { KAFKA_BROKERS: 'a:9092', ...environment }));

describe('settings of Kafka', () => {
  it('are plain text without a login unless set', () => {
    expect(secure({})).toEqual({ ssl: false, sasl: undefined });
  });

  it.each(['plain', 'scram-sha-256', 'scram-sha-512'])('log in by %s over TLS', (mechanism) => {
    const environment = {
      KAFKA_TLS: 'on',
      KAFKA_SASL_MECHANISM: mechanism,
      KAFKA_SASL_USERNAME: 'u',
      KAFKA_SASL_PASSWORD: 'p',
    };
    expect(secure(environment)).toEqual({
      ssl: true,
      sasl: { mechanism, username: 'u', password: 'p' },
    });
  });

  it('take several brokers, separated by commas', () => {
    const { KAFKA_BROKERS } = readConfig(kafkaSettings, { KAFKA_BROKERS: 'a:1, b:2' });
    expect(KAFKA_BROKERS).toEqual(['a:1', 'b:2']);
  });
});
