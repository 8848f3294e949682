import { type Setting, setting } from '#shared/config.ts';
import { CLUSTER_FORM, isClusterUrl, parseClusterUrl } from './redis-url.ts';

/** `REDIS_URL`: one server, a cluster, or the embedded store. */
export function redisUrlSetting(what: string): Setting<string> {
  const url = setting.url({
    description:
      `${what}: redis://HOST:PORT, or redis+cluster://HOST:PORT,HOST:PORT for a Redis Cluster, ` +
      'where one node is enough to find the others; rediss with TLS; ' +
      '`memory:` is the embedded store of one process.',
    schemes: ['redis', 'rediss', 'redis+cluster', 'rediss+cluster', 'memory'],
    secret: true,
  });
  return {
    ...url,
    // Several nodes are no URL in the eyes of the standard.
    parse: (text) => {
      if (!isClusterUrl(text)) return url.parse(text);
      return parseClusterUrl(text) ? { value: text } : { expected: CLUSTER_FORM };
    },
  };
}
