import type { Log } from '#shared/log.ts';
import { connectRedis } from '#shared/redis/client.ts';
import type { AlertStore } from './alert-store.ts';
import type { NotifyConfig } from './config.ts';
import type { LineWatch } from './line-health.ts';
import { createLineWatch } from './store/line-watch.ts';
import { createMemoryAlertStore } from './store/memory-store.ts';
import { openRedisAlertStore } from './store/redis-store.ts';

const DAY_MS = 86_400_000;

/** The store that `REDIS_URL` names, open. Rejects when it cannot be used as it is set up. */
export async function openStore(config: NotifyConfig, log: Log): Promise<AlertStore> {
  const {
    KEEP_ALERTS: keepAlerts,
    KEEP_DAYS,
    REDIS_URL: url,
    STORE_TIMEOUT_MS: timeoutMs,
  } = config;
  const keepMs = KEEP_DAYS * DAY_MS;
  if (url.startsWith('memory:')) return createMemoryAlertStore({ keepAlerts, keepMs });
  return openRedisAlertStore({ url, timeoutMs, log, keepAlerts, keepMs });
}

const PROBE_RETENTION = { keepAlerts: 100, keepMs: DAY_MS };

/** The store of probes' alerts: beside the other, so that no list, count or page has them. */
export async function openProbeStore(config: NotifyConfig, log: Log): Promise<AlertStore> {
  const { REDIS_URL: url, STORE_TIMEOUT_MS: timeoutMs } = config;
  if (url.startsWith('memory:')) return createMemoryAlertStore(PROBE_RETENTION);
  return openRedisAlertStore({ ...PROBE_RETENTION, url, timeoutMs, log, keyPrefix: 'sw-probe' });
}

/** Looks at what score keeps in the same Redis; undefined where there is none. */
export async function openLineWatch(
  config: NotifyConfig,
  log: Log,
): Promise<LineWatch | undefined> {
  const { REDIS_URL: url, STORE_TIMEOUT_MS: timeoutMs } = config;
  if (url.startsWith('memory:')) return undefined;
  const redis = await connectRedis({ url, timeoutMs, log, name: 'splitwatch-notify' });
  return createLineWatch({ redis, now: Date.now });
}
