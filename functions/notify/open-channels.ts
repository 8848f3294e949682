import type { Registry } from 'prom-client';
import type { Log } from '#shared/log.ts';
import type { Channel, Write } from './channels/channel.ts';
import { createJsonChannel } from './channels/json-channel.ts';
import { createLogChannel } from './channels/log-channel.ts';
import { createWebhookChannel } from './channels/webhook-channel.ts';
import type { NotifyConfig } from './config.ts';

/** The channels that the settings name. */
export function openChannels(
  config: NotifyConfig,
  parts: { write: Write; log: Log; registry: Registry },
): Channel[] {
  const { write, log, registry } = parts;
  const channels: Channel[] = [];
  if (config.CHANNELS.includes('log')) {
    const { BROKER_NAME: broker, TOPIC_NAME: topic } = config;
    channels.push(createLogChannel({ write, broker, topic }));
  }
  if (config.CHANNELS.includes('json')) channels.push(createJsonChannel({ write }));
  if (config.WEBHOOK_URL !== undefined) {
    const { WEBHOOK_URL: url, WEBHOOK_TOKEN: token, WEBHOOK_TIMEOUT_MS: timeoutMs } = config;
    const isPrivateAllowed = config.WEBHOOK_PRIVATE_ADDRESSES === 'allow';
    const target = { url, token, timeoutMs, isPrivateAllowed };
    channels.push(createWebhookChannel({ ...target, log, registry }));
  }
  return channels;
}
