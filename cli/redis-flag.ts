import { ConfigError } from '#shared/config.ts';
import { AppError } from '#shared/errors.ts';
import { showUrl } from '#shared/redis/redis-url.ts';

/**
 * What functions say of their setting REDIS_URL, said of the flag that was typed. Anything but a
 * Redis that cannot be used passes as it is.
 */
export function ofRedisFlag(error: unknown, url: string): unknown {
  if (error instanceof ConfigError) {
    return new ConfigError(error.problems.map((line) => line.replace(/^REDIS_URL:/, '--redis:')));
  }
  if (!(error instanceof AppError) || error.code !== 'state') return error;
  return new Error(`--redis ${showUrl(url)}: ${error.message}`, { cause: error });
}
