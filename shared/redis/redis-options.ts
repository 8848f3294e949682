import {
  createClient,
  RESP_TYPES,
  type RedisClientType,
  type RedisScripts,
  type TypeMapping,
} from '@redis/client';

/** Replies as text. */
export type RedisClient<S extends RedisScripts> = RedisClientType<
  Record<never, never>,
  Record<never, never>,
  S,
  2,
  Record<never, never>
>;

/** Bulk replies as Buffers, byte for byte. */
export const BINARY = { [RESP_TYPES.BLOB_STRING]: Buffer } as const satisfies TypeMapping;

export type BinaryRedisClient<S extends RedisScripts> = RedisClientType<
  Record<never, never>,
  Record<never, never>,
  S,
  2,
  typeof BINARY
>;

const BACKOFF_FIRST_MS = 50;
const BACKOFF_MAX_MS = 2_000;
const PING_INTERVAL_MS = 5_000;

export interface ClientSettings<S extends RedisScripts> {
  readonly url: string;
  readonly name: string;
  readonly timeoutMs: number;
  readonly scripts: S;
  /** An error that ends the attempts for good, or undefined to go on trying. */
  readonly giveUpOn: (cause: Error) => Error | undefined;
  readonly random: () => number;
}

/**
 * A client, not yet connected, with every default that matters written out: they flip between
 * majors, and each of these has cost somebody an outage.
 */
export function makeClient<S extends RedisScripts>(settings: ClientSettings<S>): RedisClient<S> {
  const { url, timeoutMs, random } = settings;
  return createClient({
    url,
    name: settings.name,
    scripts: settings.scripts,
    // The older protocol: known to every server, proxy and managed Redis, and all that scripts
    // need.
    RESP: 2,
    maintNotifications: 'disabled',
    // A call while Redis is away fails now, so that the sender is told; nothing waits unseen.
    disableOfflineQueue: true,
    commandsQueueMaxLength: 20_000,
    // Covers only what is not yet written, and costs a timer a call: `call` has its own deadline.
    commandOptions: { timeout: undefined as never },
    // An idle connection that died in silence is noticed by the ping, then by the socket's
    // time-out.
    pingInterval: PING_INTERVAL_MS,
    socket: {
      tls: url.startsWith('rediss:') as never,
      connectTimeout: Math.max(timeoutMs, 1_000),
      socketTimeout: 2 * PING_INTERVAL_MS + timeoutMs,
      keepAlive: true,
      keepAliveInitialDelay: 15_000,
      noDelay: true,
      reconnectStrategy: (retries, cause) =>
        settings.giveUpOn(cause) ?? reconnectDelayMs(retries, random()),
    },
  }) as RedisClient<S>;
}

/** Exponential from 50 ms to 2 s, each between half and whole, and never an end to it. */
export function reconnectDelayMs(retries: number, random: number): number {
  const fullMs = Math.min(BACKOFF_FIRST_MS * 2 ** Math.min(retries, 16), BACKOFF_MAX_MS);
  return Math.round(fullMs * (0.5 + random / 2));
}
