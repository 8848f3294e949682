import { expect, test } from 'vitest';
import { readConfig } from '#shared/config.ts';
import { defaultsOf, generateSettings, limitsOf } from './config.ts';
import { GENERATE_LIMITS, PRODUCE_DEFAULTS } from './limits.ts';

const REQUIRED = { KAFKA_BROKERS: 'localhost:9092' };

test('needs the brokers and nothing else (C)', () => {
  expect(() => readConfig(generateSettings, {})).toThrow('KAFKA_BROKERS is required');
  const config = readConfig(generateSettings, REQUIRED);
  expect(config).toMatchObject({
    KAFKA_BROKERS: ['localhost:9092'],
    TOPIC: 'transactions',
    RATE: 0,
  });
});

test('has the same bounds by setting as by default', () => {
  const config = readConfig(generateSettings, REQUIRED);
  expect(limitsOf(config)).toEqual(GENERATE_LIMITS);
  expect(defaultsOf(config)).toEqual(PRODUCE_DEFAULTS);
});

test('takes ten accounts for the seeds’ shape', () => {
  expect(defaultsOf(readConfig(generateSettings, { ...REQUIRED, SHAPE: 'seed' })).accounts).toBe(
    10,
  );
});

test.each([
  ['WINDOW_MS', '600500'],
  ['WINDOW_MS', '1000'],
  ['THRESHOLD', '9.99'],
  ['THRESHOLD', 'much'],
  ['SHAPE', 'other'],
  ['SPEED', '0'],
])('refuses %s=%s', (name, text) => {
  expect(() => readConfig(generateSettings, { ...REQUIRED, [name]: text })).toThrow(name);
});
