import { type ConfigOf, commonSettings, type Settings, setting } from '#shared/config.ts';
import { parseAmount } from '#shared/domain/amount.ts';
import { doorSettings } from '#shared/http/door-settings.ts';
import { kafkaSettings } from '#shared/kafka/kafka-settings.ts';
import { dropSettings } from './drop-kafka.ts';
import type { GenerateLimits } from './limits.ts';
import { makeTopicsSetting } from './make-topics.ts';
import type { ProduceDefaults } from './produce-request.ts';

const DAY_MS = 86_400_000;
// 100 steps of a second; see WINDOW_STEPS_MIN. Amounts that can be split, and tripled.
const WINDOW_MIN_MS = 100_000;
const THRESHOLD_MIN_MINOR = 1000;
const THRESHOLD_MAX_MINOR = 100_000_000_000_000;

/** Settings of generate (spec C), its bounds included (P). */
export const generateSettings = {
  ...commonSettings,
  ...kafkaSettings,
  TOPIC: setting.text({ description: 'Topic that transactions go to.', fallback: 'transactions' }),
  LABELS_TOPIC: setting.optionalText({
    description: 'Topic that the labels of planted cases go to; none: labels are not kept.',
  }),
  MAKE_TOPICS: makeTopicsSetting,
  ...dropSettings,
  RATE: setting.integer({
    description: 'Transactions a second that are made all the time; 0: only when asked.',
    fallback: '0',
    min: 0,
    max: 1_000_000,
  }),
  SHAPE: setting.choice({
    description: 'Traffic as it might be, or the uniform traffic of the seeds.',
    fallback: 'realistic',
    choices: ['realistic', 'seed'],
  }),
  FORMAT: setting.choice({
    description: 'CloudEvents, or the lines of the seeds.',
    fallback: 'event',
    choices: ['event', 'line'],
  }),
  SEED: setting.integer({
    description: 'What chance begins with; the same seed and start give the same traffic.',
    fallback: '1',
    min: 0,
    max: 999_999_999_999_999,
  }),
  ACCOUNTS: setting.integer({
    description: 'Accounts of ordinary traffic.',
    fallback: '5000',
    min: 2,
    max: 100_000_000,
  }),
  SPEED: setting.integer({
    description:
      'How much faster than the clock event time runs; above 1 score needs MAX_FUTURE_MS=0.',
    fallback: '1',
    min: 1,
    max: 3_600,
  }),
  WINDOW_MS: {
    description: 'The window that planted cases are made for, milliseconds, whole seconds.',
    fallback: '600000',
    parse: (text: string) => {
      // Lines say whole seconds; a window that is none would make labels wrong.
      const value = /^\d{1,7}000$/.test(text) ? Number(text) : Number.NaN;
      if (value >= WINDOW_MIN_MS && value <= 31 * DAY_MS) return { value };
      return { expected: `whole seconds, from ${WINDOW_MIN_MS} to ${31 * DAY_MS} ms` };
    },
  },
  THRESHOLD: {
    description: 'The threshold that planted cases are made for, in the major unit, from 10.00 on.',
    fallback: '10000.00',
    parse: (text: string) => {
      const value = parseAmount(text) ?? 0;
      const isRoom = value >= THRESHOLD_MIN_MINOR && value <= THRESHOLD_MAX_MINOR;
      return isRoom ? { value } : { expected: 'an amount from 10.00 to 1000000000000.00' };
    },
  },
  MAX_COUNT: setting.integer({
    description: 'Most transactions that one request may ask for.',
    fallback: '100000',
    min: 1,
    max: 100_000_000,
  }),
  MAX_RATE: setting.integer({
    description: 'Highest rate that one request may ask for, transactions a second.',
    fallback: '10000',
    min: 1,
    max: 1_000_000,
  }),
  MAX_PRODUCE_MS: setting.integer({
    description: 'Longest time that one request may produce for, milliseconds.',
    fallback: '60000',
    min: 1_000,
    max: 3_600_000,
  }),
  MAX_PRODUCERS: setting.integer({
    description: 'Requests that produce at once; more are answered 429.',
    fallback: '4',
    min: 1,
    max: 1_000,
  }),
  MAX_IN_FLIGHT: setting.integer({
    description: 'Requests that ingest at once; more are answered 429.',
    fallback: '256',
    min: 1,
    max: 100_000,
  }),
  MAX_FUTURE_MS: setting.integer({
    description: 'How far ahead of the clock an event time may be, milliseconds; 0 is any.',
    fallback: '300000',
    min: 0,
    max: 366 * DAY_MS,
  }),
  ...doorSettings,
  WRITE_TIMEOUT_MS: setting.integer({
    description: 'Deadline of one write to Kafka, milliseconds.',
    fallback: '10000',
    min: 100,
    max: 300_000,
  }),
  AUTH_TOKEN: setting.optionalText({
    description: 'Bearer token that posts must carry; none: open.',
    secret: true,
  }),
} as const satisfies Settings;

export type GenerateConfig = ConfigOf<typeof generateSettings>;

export function limitsOf(config: GenerateConfig): GenerateLimits {
  return {
    maxCount: config.MAX_COUNT,
    maxRate: config.MAX_RATE,
    maxProduceMs: config.MAX_PRODUCE_MS,
    maxProducers: config.MAX_PRODUCERS,
    maxInFlight: config.MAX_IN_FLIGHT,
    maxBodyBytes: config.MAX_BODY_BYTES,
    maxBatchBytes: config.MAX_BATCH_BYTES,
    maxBatchEvents: config.MAX_BATCH_EVENTS,
    maxJsonDepth: config.MAX_JSON_DEPTH,
    maxIdBytes: config.MAX_ID_BYTES,
    maxFutureMs: config.MAX_FUTURE_MS,
    bodyTimeoutMs: config.BODY_TIMEOUT_MS,
  };
}

/** What a request means that does not say it. */
export function defaultsOf(config: GenerateConfig): ProduceDefaults {
  return {
    shape: config.SHAPE,
    format: config.FORMAT,
    accounts: config.SHAPE === 'seed' ? 10 : config.ACCOUNTS,
    windowMs: config.WINDOW_MS,
    thresholdMinor: config.THRESHOLD,
  };
}
