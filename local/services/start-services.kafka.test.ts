import { describe, expect, it } from 'vitest';
import { freePorts } from './free-port.ts';
import { kafkaAnswers } from './kafka-answers.ts';
import { startServices } from './start-services.ts';

const log = (): void => {};

describe('a Kafka broker that we start', () => {
  it('answers, and is gone after stop', async () => {
    const environment = { ...process.env, KAFKA_BROKERS: undefined };
    const services = await startServices({ redis: false, kafka: true, log, environment });
    const address = services.kafkaBrokers ?? '';
    expect(await kafkaAnswers(address)).toBe(true);
    await services.stop();
    expect(await kafkaAnswers(address)).toBe(false);
  });
});

describe('a Kafka broker that KAFKA_BROKERS names', () => {
  it('is used as it is, and is still there after stop', async () => {
    const services = await startServices({ redis: false, kafka: true, log });
    expect(services.kafkaBrokers).toBe(process.env.KAFKA_BROKERS);
    expect(services.kafkaJarsDir).toBeUndefined();
    await services.stop();
    expect(await kafkaAnswers(services.kafkaBrokers?.split(',')[0] ?? '')).toBe(true);
  });

  it('is refused with one line when it does not answer', async () => {
    const [port] = await freePorts(1);
    const environment = { ...process.env, KAFKA_BROKERS: `127.0.0.1:${port}` };
    await expect(startServices({ redis: false, kafka: true, log, environment })).rejects.toThrow(
      `KAFKA_BROKERS=127.0.0.1:${port}: no Kafka broker answers there`,
    );
  });
});
