import { expect, test } from 'vitest';
import { ConfigError, readConfig } from '#shared/config.ts';
import { TRANSACTION_ID_MAX_BYTES } from '#shared/events/event-types.ts';
import { SCORE_LIMITS } from './app.ts';
import { limitsOf, ruleOf, scoreSettings, serveLimitsOf } from './config.ts';

const REQUIRED = { K_SINK: 'http://sink.example/', REDIS_URL: 'redis://redis.example:6379' };

test('has the defaults of spec C', () => {
  expect(readConfig(scoreSettings, REQUIRED)).toMatchObject({
    PORT: 8080,
    LOG_LEVEL: 'info',
    WINDOW_MS: 600_000,
    ALLOWED_LATENESS_MS: 600_000,
    MAX_FUTURE_MS: 300_000,
    THRESHOLD: 1_000_000,
    FRAUD_UPDATES: 'doubling',
    STATE_TTL_MS: 86_400_000,
    STORE_TIMEOUT_MS: 1_000,
    SINK_TIMEOUT_MS: 5_000,
    SINK_BATCH: 'off',
    MAX_IN_FLIGHT: 256,
    MAX_BODY_BYTES: 65_536,
    AUTH_TOKEN: undefined,
    K_CE_OVERRIDES: {},
  });
});

test('has the same bounds as an app that is made without settings (P)', () => {
  expect(limitsOf(readConfig(scoreSettings, REQUIRED))).toEqual(SCORE_LIMITS);
});

test('allows ids as long as notify takes them, and no longer', () => {
  const set = (bytes: number) => ({ ...REQUIRED, MAX_ID_BYTES: String(bytes) });
  const longest = readConfig(scoreSettings, set(TRANSACTION_ID_MAX_BYTES));
  expect(longest.MAX_ID_BYTES).toBe(TRANSACTION_ID_MAX_BYTES);
  expect(() => readConfig(scoreSettings, set(TRANSACTION_ID_MAX_BYTES + 1))).toThrow(ConfigError);
});

test('leaves a slow body to the door, never to the 408 of Node (H)', () => {
  const config = readConfig(scoreSettings, { ...REQUIRED, BODY_TIMEOUT_MS: '60000' });
  expect(serveLimitsOf(config).requestTimeoutMs).toBeGreaterThan(60_000);
});

test('makes one rule of the settings (D1, D2, D5, O2)', () => {
  const config = readConfig(scoreSettings, {
    ...REQUIRED,
    WINDOW_MS: '60000',
    ALLOWED_LATENESS_MS: '0',
    THRESHOLD: '500.5',
    FRAUD_UPDATES: 'never',
  });
  expect(ruleOf(config)).toEqual({
    id: 'pair-total',
    version: 1,
    groupBy: 'pair',
    windowMs: 60_000,
    allowedLatenessMs: 0,
    thresholdMinor: 50_050,
    updates: 'never',
  });
});

test('lists all problems at once, each with its variable and the cure (C)', () => {
  const environment = {
    K_SINK: 'sink.example',
    WINDOW_MS: '10m',
    THRESHOLD: '1e4',
    FRAUD_UPDATES: 'sometimes',
    K_CE_OVERRIDES: '{"extensions":{"id":"x"}}',
    MAX_IN_FLIGHT: '0',
  };
  let problems: readonly string[] = [];
  try {
    readConfig(scoreSettings, environment);
  } catch (error) {
    problems = (error as ConfigError).problems;
  }
  expect(problems.map((problem) => problem.split(/[= ]/)[0])).toEqual([
    'K_SINK',
    'K_CE_OVERRIDES',
    'REDIS_URL',
    'WINDOW_MS',
    'THRESHOLD',
    'FRAUD_UPDATES',
    'MAX_IN_FLIGHT',
  ]);
  for (const problem of problems) expect(problem).toMatch(/expected|is required/);
});

test.each(['memory:', 'redis://a:1', 'rediss://user:pass@a:1/0'])(
  'takes %s as REDIS_URL',
  (url) => {
    expect(readConfig(scoreSettings, { ...REQUIRED, REDIS_URL: url }).REDIS_URL).toBe(url);
  },
);

test('refuses a K_SINK that is no http URL, and never shows a secret (C)', () => {
  const environment = { K_SINK: 'ftp://a/', REDIS_URL: 'http://user:hunter2@a/' };
  expect(() => readConfig(scoreSettings, environment)).toThrow(ConfigError);
  expect(() => readConfig(scoreSettings, environment)).not.toThrow(/hunter2/);
});
