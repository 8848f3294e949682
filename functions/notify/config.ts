import {
  ConfigError,
  type ConfigOf,
  commonSettings,
  readConfig,
  type Settings,
  setting,
} from '#shared/config.ts';
import { doorSettings } from '#shared/http/door-settings.ts';
import type { ServeLimits } from '#shared/http/serve.ts';
import { redisUrlSetting } from '#shared/redis/redis-setting.ts';
import { ALLOW, privateHostOf } from './channels/private-address.ts';

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
  WEBHOOK_PRIVATE_ADDRESSES: setting.choice({
    description:
      'Whether WEBHOOK_URL may lead to a loopback, link-local or private address, such as another ' +
      'service of the cluster; looked at for each connection.',
    fallback: 'refuse',
    choices: ['refuse', 'allow'],
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
  MAX_HEADER_BYTES: doorSettings.MAX_HEADER_BYTES,
  MAX_CONNECTIONS: doorSettings.MAX_CONNECTIONS,
  BODY_TIMEOUT_MS: doorSettings.BODY_TIMEOUT_MS,
  MAX_STREAMS: setting.integer({
    description: 'Pages that are kept up to date at once; more are answered 429.',
    fallback: '200',
    min: 1,
    max: 100_000,
  }),
} as const satisfies Settings;

export type NotifyConfig = ConfigOf<typeof notifySettings>;

/** Node's own limit on a whole request answers 408, so it stays behind the door's on the body. */
export function serveLimitsOf(config: NotifyConfig): Partial<ServeLimits> {
  return {
    maxHeaderBytes: config.MAX_HEADER_BYTES,
    maxConnections: config.MAX_CONNECTIONS,
    requestTimeoutMs: config.BODY_TIMEOUT_MS + 20_000,
  };
}

/** @throws ConfigError that lists every problem. */
export function readNotifyConfig(
  environment: Readonly<Record<string, string | undefined>>,
): NotifyConfig {
  const config = readConfig(notifySettings, environment);
  checkWebhook(config);
  return config;
}

/** What its text alone says; a name is looked up when it is connected to. */
function checkWebhook({ WEBHOOK_URL: url, WEBHOOK_PRIVATE_ADDRESSES: may }: NotifyConfig): void {
  const host = url === undefined || may === 'allow' ? undefined : privateHostOf(url);
  if (host === undefined) return;
  throw new ConfigError([`WEBHOOK_URL leads to ${host}, which is private: ${ALLOW}`]);
}
