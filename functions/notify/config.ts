import { type ConfigOf, commonSettings, type Settings, setting } from '#shared/config.ts';
import { redisUrlSetting } from '#shared/redis/redis-setting.ts';

/** Settings of notify (spec C), its bounds included (P). */
export const notifySettings = {
  ...commonSettings,
  REDIS_URL: redisUrlSetting('Where alerts are kept'),
  PAGE_TOKEN: setting.optionalText({
    description: 'Opens the page and /alerts; without it they open on loopback only.',
    secret: true,
  }),
  AUTH_TOKEN: setting.optionalText({
    description: 'Bearer token that posted fraud events must carry; none: open.',
    secret: true,
  }),
  CHANNELS: {
    description: 'Where alerts are printed, separated by commas: log (as the seeds did), json.',
    fallback: 'log',
    parse: (text: string) => {
      const names = text.split(',').map((name) => name.trim());
      const known = names.filter((name) => name === 'log' || name === 'json' || name === 'none');
      return known.length === names.length
        ? { value: [...new Set(known)] }
        : { expected: 'log, json, both with a comma between them, or none' };
    },
  },
  BROKER_NAME: setting.text({
    description: 'What the log channel prints after "Broker:".',
    fallback: 'cloudevents',
  }),
  TOPIC_NAME: setting.text({
    description: 'What the log channel prints after "Topic:".',
    fallback: 'fraud',
  }),
  WEBHOOK_URL: setting.optionalUrl({
    description: 'Each new or updated alert is also posted there, as a CloudEvent.',
    schemes: ['http', 'https'],
    secret: true,
  }),
  WEBHOOK_TOKEN: setting.optionalText({
    description: 'Bearer token sent to the webhook.',
    secret: true,
  }),
  WEBHOOK_TIMEOUT_MS: setting.integer({
    description: 'Deadline of one attempt at the webhook, milliseconds.',
    fallback: '5000',
    min: 10,
    max: 60_000,
  }),
  KEEP_ALERTS: setting.integer({
    description: 'Most alerts that are kept; the oldest go first.',
    fallback: '100000',
    min: 1,
    max: 1_000_000,
  }),
  KEEP_DAYS: setting.integer({
    description: 'Days that an alert is kept after it opened.',
    fallback: '30',
    min: 1,
    max: 3_660,
  }),
  STORE_TIMEOUT_MS: setting.integer({
    description: 'Deadline of one step in the store, milliseconds.',
    fallback: '1000',
    min: 1,
    max: 60_000,
  }),
  MAX_IN_FLIGHT: setting.integer({
    description: 'Fraud events handled at once; more are answered 429.',
    fallback: '256',
    min: 1,
    max: 100_000,
  }),
  MAX_BODY_BYTES: setting.integer({
    description: 'Largest body of one fraud event, bytes; larger ones are answered 413.',
    fallback: '1048576',
    min: 1_024,
    max: 16_777_216,
  }),
  MAX_STREAMS: setting.integer({
    description: 'Pages that are kept up to date at once; more are answered 503.',
    fallback: '200',
    min: 1,
    max: 100_000,
  }),
} as const satisfies Settings;

export type NotifyConfig = ConfigOf<typeof notifySettings>;
