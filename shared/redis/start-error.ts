import { ConfigError } from '#shared/config.ts';
import { AppError } from '#shared/errors.ts';
import { isMisconfigured, isUntrusted, messageOf } from './redis-errors.ts';

/**
 * Why Redis cannot be used at start, in one sentence with the cure where there is one: a
 * ConfigError for what no waiting mends, AppError `state` for what did not come in time.
 */
export function startError(
  shownUrl: string,
  startTimeoutMs: number,
  cause: unknown,
): ConfigError | AppError {
  const said = messageOf(cause);
  const redis = `Redis at ${shownUrl}`;
  if (isUntrusted(cause)) {
    // Node adds advice on its own flags, which nobody gives to a container.
    const [why] = said.split(';', 1);
    const cure = 'NODE_EXTRA_CA_CERTS names the file of an authority to trust';
    return new ConfigError([
      `REDIS_URL: ${redis} has a certificate we do not trust: ${why}; ${cure}`,
    ]);
  }
  if (isMisconfigured(cause)) {
    const isLogin = /^(?:NOAUTH|WRONGPASS)/.test(said);
    const cure = isLogin ? '; its URL is to hold both: redis://USER:PASSWORD@HOST:PORT' : '';
    const why = said.replace(/\.$/, '');
    return new ConfigError([`REDIS_URL: ${redis} does not let us in: ${why}${cure}`]);
  }
  const detail = `${redis} is not reachable after ${startTimeoutMs} ms: ${said}`;
  return new AppError('state', detail + hintOf(shownUrl, cause), { cause });
}

/** One side speaks TLS and the other does not: neither of them says so. */
function hintOf(url: string, cause: unknown): string {
  const said = `${messageOf(cause)} ${(cause as { code?: unknown } | undefined)?.code}`;
  if (
    url.startsWith('rediss') &&
    /timeout|ERR_SSL|closed unexpectedly|does not answer/i.test(said)
  ) {
    return ' (does it speak TLS? If not: redis, not rediss)';
  }
  if (!url.startsWith('rediss') && /ECONNRESET|closed unexpectedly/i.test(said)) {
    return ' (does it speak TLS? Then: rediss, not redis)';
  }
  return '';
}
