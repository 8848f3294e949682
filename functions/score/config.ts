import { type ConfigOf, commonSettings, type Settings, setting } from '#shared/config.ts';
import type { Rule } from '#shared/domain/rule.ts';
import { parseCeOverrides } from '#shared/events/ce-overrides.ts';
import { doorSettings } from '#shared/http/door-settings.ts';
import type { ServeLimits } from '#shared/http/serve.ts';
import { redisUrlSetting } from '#shared/redis/redis-setting.ts';
import type { ScoreLimits } from './app.ts';

const DAY_MS = 86_400_000;

/** Settings of score (spec C), its bounds included (P). */
export const scoreSettings = {
  ...commonSettings,
  K_SINK: setting.url({
    description: 'Where fraud events are posted; a SinkBinding sets it.',
    schemes: ['http', 'https'],
  }),
  K_CE_OVERRIDES: {
    description: 'Extensions set on every fraud event, as JSON; a SinkBinding sets it.',
    fallback: '{"extensions":{}}',
    parse: (text: string) => {
      const value = parseCeOverrides(text);
      return value === undefined ? { expected: '{"extensions":{"name":"value"}}' } : { value };
    },
  },
  REDIS_URL: redisUrlSetting('Where totals are kept'),
  WINDOW_MS: setting.integer({
    description: 'Length of the trailing window, milliseconds of event time.',
    fallback: '600000',
    min: 1,
    max: 31 * DAY_MS,
  }),
  ALLOWED_LATENESS_MS: setting.integer({
    description:
      "How far behind its pair's newest event time a transaction is still summed, milliseconds.",
    fallback: '600000',
    min: 0,
    max: 31 * DAY_MS,
  }),
  MAX_FUTURE_MS: setting.integer({
    description: 'How far ahead of the clock an event time may be, milliseconds; 0 is any.',
    fallback: '300000',
    min: 0,
    max: 366 * DAY_MS,
  }),
  THRESHOLD: setting.amount({
    description: 'Fraud when the total is strictly greater, in the major unit.',
    fallback: '10000.00',
  }),
  FRAUD_UPDATES: setting.choice({
    description: 'When an open episode is brought up to date.',
    fallback: 'doubling',
    choices: ['doubling', 'every', 'never'],
  }),
  STATE_TTL_MS: setting.integer({
    description: 'How long the state of an idle pair is kept at least, milliseconds of the clock.',
    fallback: '86400000',
    min: 1_000,
    max: 366 * DAY_MS,
  }),
  STATE_LOSS: setting.choice({
    description:
      'What happens when Redis has lost what was acknowledged: refuse everything with 503 until ' +
      './splitwatch rebuild, or go on and warn.',
    fallback: 'refuse',
    choices: ['refuse', 'warn'],
  }),
  RECEIPTS_MS: setting.integer({
    description: 'How long `GET /transactions/{source}/{id}` knows what was answered; 0 is never.',
    fallback: '1800000',
    min: 0,
    max: 31 * DAY_MS,
  }),
  STORE_TIMEOUT_MS: setting.integer({
    description: 'Deadline of one step in the store, milliseconds.',
    fallback: '1000',
    min: 1,
    max: 60_000,
  }),
  SINK_TIMEOUT_MS: setting.integer({
    description:
      'Deadline of one fraud event, from sending to the end of the answer, milliseconds.',
    fallback: '5000',
    min: 1,
    max: 60_000,
  }),
  SINK_BATCH: setting.choice({
    description:
      "Whether fraud events that wait at the same moment go together: for a sink of ours; Knative's " +
      'takes one at a time.',
    fallback: 'off',
    choices: ['on', 'off'],
  }),
  MAX_IN_FLIGHT: setting.integer({
    description: 'Requests handled at once; more are answered 429.',
    fallback: '256',
    min: 1,
    max: 100_000,
  }),
  ...doorSettings,
  REQUEST_TIMEOUT_MS: setting.integer({
    description:
      'After so long nothing new is begun for a request, which is answered 503; keep it below the ' +
      'time-out of the sender, milliseconds.',
    fallback: '12000',
    min: 10,
    max: 300_000,
  }),
  AUTH_TOKEN: setting.optionalText({
    description: 'Bearer token that posts and /pairs must carry; none: open.',
    secret: true,
  }),
} as const satisfies Settings;

export type ScoreConfig = ConfigOf<typeof scoreSettings>;

/** The one rule of today, made of the settings. */
export function ruleOf(config: ScoreConfig): Rule {
  return {
    id: 'pair-total',
    version: 1,
    groupBy: 'pair',
    windowMs: config.WINDOW_MS,
    allowedLatenessMs: config.ALLOWED_LATENESS_MS,
    thresholdMinor: config.THRESHOLD,
    updates: config.FRAUD_UPDATES,
  };
}

export function limitsOf(config: ScoreConfig): ScoreLimits {
  return {
    maxInFlight: config.MAX_IN_FLIGHT,
    maxBodyBytes: config.MAX_BODY_BYTES,
    maxBatchBytes: config.MAX_BATCH_BYTES,
    maxBatchEvents: config.MAX_BATCH_EVENTS,
    maxJsonDepth: config.MAX_JSON_DEPTH,
    maxIdBytes: config.MAX_ID_BYTES,
    maxFutureMs: config.MAX_FUTURE_MS,
    bodyTimeoutMs: config.BODY_TIMEOUT_MS,
    requestTimeoutMs: config.REQUEST_TIMEOUT_MS,
  };
}

/**
 * Node's own limit on a whole request answers 408, which H forbids, so it stays behind the door's
 * limit on the body, and catches only what the door never sees.
 */
export function serveLimitsOf(config: ScoreConfig): Partial<ServeLimits> {
  return {
    maxHeaderBytes: config.MAX_HEADER_BYTES,
    maxConnections: config.MAX_CONNECTIONS,
    requestTimeoutMs: config.BODY_TIMEOUT_MS + 20_000,
  };
}
