import { createClient, createCluster, type RedisScripts } from '@redis/client';
import type { RedisClient, RedisCluster } from './redis-commands.ts';
import type { ClusterAddress } from './redis-url.ts';

const BACKOFF_FIRST_MS = 50;
const BACKOFF_MAX_MS = 2_000;
const PING_INTERVAL_MS = 5_000;

interface Settings<S extends RedisScripts> {
  readonly name: string;
  readonly timeoutMs: number;
  readonly scripts: S;
  readonly random: () => number;
}

export interface ClientSettings<S extends RedisScripts> extends Settings<S> {
  readonly url: string;
  /** An error that ends the attempts for good, or undefined to go on trying. */
  readonly giveUpOn: (cause: Error) => Error | undefined;
}

export interface ClusterSettings<S extends RedisScripts> extends Settings<S> {
  /** `nodes` are asked for the others, in turn. */
  readonly address: ClusterAddress;
}

/**
 * A client, not yet connected, with every default that matters written out: they flip between
 * majors, and each of these has cost somebody an outage.
 */
export function makeClient<S extends RedisScripts>(settings: ClientSettings<S>): RedisClient<S> {
  const { url, giveUpOn, scripts } = settings;
  const { socket, ...rest } = connectionOptions(settings, giveUpOn);
  return createClient({
    ...rest,
    url,
    scripts,
    RESP: 2,
    commandOptions: NO_TIMEOUT,
    socket: { ...socket, tls: url.startsWith('rediss:') as never },
  }) as RedisClient<S>;
}

/** A cluster's client, not yet connected, which follows MOVED and ASK by itself. */
export function makeCluster<S extends RedisScripts>(settings: ClusterSettings<S>): RedisCluster<S> {
  const { address, timeoutMs, scripts } = settings;
  const { username, password, isTls, nodes } = address;
  const { socket, ...rest } = connectionOptions(settings, () => undefined);
  return createCluster({
    // A node that takes connections and says nothing must not hold up asking the next.
    rootNodes: nodes.map(({ host, port }) => ({
      socket: { host, port, socketTimeout: connectTimeoutMs(timeoutMs) },
    })),
    defaults: {
      ...rest,
      ...(username !== undefined && { username }),
      ...(password !== undefined && { password }),
      socket: { ...socket, ...(isTls && { tls: true }) } as never,
    },
    scripts,
    RESP: 2,
    commandOptions: NO_TIMEOUT,
    // Else asking who serves what waits, for ever, for a master that is away.
    minimizeConnections: true,
    // A replica may not have heard of the last write.
    useReplicas: false,
    maxCommandRedirections: 16,
    // It would ask nodes that say nothing, and only about connections that once stood:
    // ClusterConnection looks anew by itself.
    topologyRefreshOnReconnectionAttemptStrategy: false,
  }) as unknown as RedisCluster<S>;
}

/** Covers only what is not yet written, and costs a timer a call: `call` has its own deadline. */
const NO_TIMEOUT = { timeout: undefined as never };

const connectTimeoutMs = (timeoutMs: number): number => Math.max(timeoutMs, 1_000);

function connectionOptions(
  { name, timeoutMs, random }: Settings<RedisScripts>,
  giveUpOn: (cause: Error) => Error | undefined,
) {
  return {
    name,
    // RESP 2, the older protocol, which is set beside this: known to every server, proxy and
    // managed Redis, and all that scripts need. The newer one's notices are then none of ours.
    maintNotifications: 'disabled',
    // A call while Redis is away fails now, so that the sender is told; nothing waits unseen.
    disableOfflineQueue: true,
    commandsQueueMaxLength: 20_000,
    // An idle connection that died in silence is noticed by the ping, then by the socket's
    // time-out.
    pingInterval: PING_INTERVAL_MS,
    socket: {
      connectTimeout: connectTimeoutMs(timeoutMs),
      socketTimeout: 2 * PING_INTERVAL_MS + timeoutMs,
      keepAlive: true,
      keepAliveInitialDelay: 15_000,
      noDelay: true,
      reconnectStrategy: (retries: number, cause: Error) =>
        giveUpOn(cause) ?? reconnectDelayMs(retries, random()),
    },
  } as const;
}

/** Exponential from 50 ms to 2 s, each between half and whole, and never an end to it. */
export function reconnectDelayMs(retries: number, random: number): number {
  const fullMs = Math.min(BACKOFF_FIRST_MS * 2 ** Math.min(retries, 16), BACKOFF_MAX_MS);
  return Math.round(fullMs * (0.5 + random / 2));
}
