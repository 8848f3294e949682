import { ErrorReply, type RedisScripts } from '@redis/client';
import { ConfigError } from '#shared/config.ts';
import { AppError } from '#shared/errors.ts';
import type { Log } from '#shared/log.ts';
import { eviction, evictionProblem } from './eviction.ts';
import { fromRedis, isDemoted, isMisconfigured, messageOf, replyCode } from './redis-errors.ts';
import { BINARY, type BinaryRedisClient, makeClient, type RedisClient } from './redis-options.ts';
import { withDeadline } from './with-deadline.ts';

export interface RedisOptions<S extends RedisScripts> {
  /** `redis://[user:password@]host:port[/db]`, `rediss://` for TLS. */
  readonly url: string;
  /** Longest time that one call may take, milliseconds; then it fails with `state`. */
  readonly timeoutMs: number;
  readonly log: Log;
  /** Lua scripts by name, see {@link luaScript}; each becomes a method of the client. */
  readonly scripts?: S;
  /** Shown in CLIENT LIST. */
  readonly name?: string;
  /** How long to wait for Redis at start, milliseconds. Default 10,000. */
  readonly startTimeoutMs?: number;
  /**
   * With calls unanswered for so long the connection is replaced; where the server has become a
   * replica at once, but not more often than this. Default 3 × timeoutMs.
   */
  readonly stuckAfterMs?: number;
  /** `problem()` speaks only after so long without an answer, milliseconds. Default 0: at once. */
  readonly problemAfterMs?: number;
}

export interface RedisConnection<S extends RedisScripts = Record<never, never>> {
  /**
   * Runs `use` with the client of the moment, under this connection's deadline.
   * @throws AppError `state` when Redis is away, slow or in no condition to answer. The command may
   * then have run all the same, so `use` must be safe to repeat. Other errors pass unchanged.
   */
  call<T>(use: (client: RedisClient<S>) => Promise<T>): Promise<T>;
  /** As `call`, with bulk replies as Buffers, byte for byte. */
  callBinary<T>(use: (client: BinaryRedisClient<S>) => Promise<T>): Promise<T>;
  /**
   * Undefined while Redis answers and takes writes, or was away only for a moment, else one
   * sentence. A Redis that has become a replica answers PING as if all were well.
   */
  problem(): Promise<string | undefined>;
  /** Lets calls in flight end, within the deadline. Safe to call twice. */
  close(): Promise<void>;
}

/**
 * A connection to one Redis that recovers by itself from anything: restarts, pauses, a network that
 * goes silent, a failover behind the same address. Resolves when Redis answers and may not evict
 * keys (L5).
 *
 * @throws ConfigError for an address that is none, and when Redis refuses our credentials or may
 * evict keys; AppError `state` when it cannot be reached within `startTimeoutMs`. Neither shows the
 * password.
 */
export async function connectRedis<S extends RedisScripts = Record<never, never>>(
  options: RedisOptions<S>,
): Promise<RedisConnection<S>> {
  const connection = openConnection(options);
  try {
    await connection.start();
    await refuseEviction(connection, options);
  } catch (error) {
    await connection.close();
    throw error;
  }
  return connection;
}

/** Not connected yet. The client throws here for an address that it cannot take apart. */
function openConnection<S extends RedisScripts>(options: RedisOptions<S>): Connection<S> {
  try {
    return new Connection(options);
  } catch (error) {
    const form = 'redis://[user:password@]host:port[/number], each part percent-encoded';
    throw new ConfigError([`REDIS_URL: expected ${form} (${messageOf(error)})`]);
  }
}

/** The URL without user and password, for people to read. */
export function showUrl(url: string): string {
  if (!URL.canParse(url)) return 'an address that is not a URL';
  const parsed = new URL(url);
  return `${parsed.protocol}//${parsed.host}${parsed.pathname === '/' ? '' : parsed.pathname}`;
}

/**
 * Deleted to see whether writes are taken; it never exists, so nothing is changed or replicated.
 */
const WRITE_PROBE_KEY = 'sw:write-probe';

class Connection<S extends RedisScripts> implements RedisConnection<S> {
  readonly #options: RedisOptions<S>;
  #client: RedisClient<S>;
  #binary: BinaryRedisClient<S>;
  #phase: 'starting' | 'running' | 'closed' = 'starting';
  #isAway = false;
  #lastError: unknown;
  /** When the first of the calls now unanswered in a row missed its deadline. */
  #missingSinceMs: number | undefined;
  #failingSinceMs: number | undefined;
  #replacedAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: RedisOptions<S>) {
    this.#options = options;
    this.#client = this.#make();
    this.#binary = this.#client.withTypeMapping(BINARY) as BinaryRedisClient<S>;
  }

  async start(): Promise<void> {
    const { url, startTimeoutMs = 10_000 } = this.#options;
    try {
      await withDeadline(this.#client.connect(), startTimeoutMs);
    } catch (error) {
      if (isMisconfigured(this.#lastError)) {
        const said = messageOf(this.#lastError);
        throw new ConfigError([`REDIS_URL: Redis at ${showUrl(url)} does not let us in: ${said}`]);
      }
      const reason = messageOf(this.#lastError ?? 'no answer');
      const detail = `Redis at ${showUrl(url)} is not reachable after ${startTimeoutMs} ms: ${reason}`;
      throw new AppError('state', detail, { cause: error });
    }
    this.#phase = 'running';
  }

  call<T>(use: (client: RedisClient<S>) => Promise<T>): Promise<T> {
    return this.#under(() => use(this.#client));
  }

  callBinary<T>(use: (client: BinaryRedisClient<S>) => Promise<T>): Promise<T> {
    return this.#under(() => use(this.#binary));
  }

  async problem(): Promise<string | undefined> {
    const { problemAfterMs = 0 } = this.#options;
    try {
      await this.call(probeWrite);
      this.#failingSinceMs = undefined;
      return undefined;
    } catch (error) {
      this.#failingSinceMs ??= performance.now();
      const awayMs = performance.now() - this.#failingSinceMs;
      return awayMs < problemAfterMs ? undefined : messageOf(error);
    }
  }

  async close(): Promise<void> {
    if (this.#phase === 'closed') return;
    this.#phase = 'closed';
    if (this.#client.isReady) {
      await withDeadline(this.#client.close(), this.#options.timeoutMs).catch(() => {});
    }
    this.#client.destroy();
  }

  async #under<T>(work: () => Promise<T>): Promise<T> {
    try {
      const result = await withDeadline(work(), this.#options.timeoutMs);
      this.#missingSinceMs = undefined;
      return result;
    } catch (error) {
      if (error instanceof ErrorReply) this.#missingSinceMs = undefined;
      if (isDemoted(error)) this.#leaveReplica(error);
      else this.#noticeStuck(error);
      throw fromRedis(error);
    }
  }

  /**
   * A peer that vanished without a word keeps the socket open for a quarter of an hour, as long as
   * there is something to send. When calls miss their deadline and nothing at all is answered
   * meanwhile, a new connection takes the place of the old one.
   */
  #noticeStuck(error: unknown): void {
    if (!(error instanceof AppError) || this.#phase !== 'running') return;
    this.#missingSinceMs ??= performance.now();
    if (performance.now() - this.#missingSinceMs < this.#stuckAfterMs) return;
    const { url, log } = this.#options;
    log.warn({ redis: showUrl(url) }, 'Redis does not answer: connecting anew');
    this.#replaceClient();
  }

  /**
   * A failover may leave the old master running, as a replica, and our connection to it whole: each
   * write would fail for ever, while our address has long led to the new master.
   */
  #leaveReplica(error: unknown): void {
    if (this.#phase !== 'running') return;
    if (performance.now() - this.#replacedAtMs < this.#stuckAfterMs) return;
    const { url, log } = this.#options;
    const fields = { redis: showUrl(url), reply: replyCode(error) };
    log.warn(fields, 'Redis is a replica and takes no writes: connecting anew');
    this.#replaceClient();
  }

  get #stuckAfterMs(): number {
    return this.#options.stuckAfterMs ?? 3 * this.#options.timeoutMs;
  }

  #replaceClient(): void {
    this.#missingSinceMs = undefined;
    this.#replacedAtMs = performance.now();
    const old = this.#client;
    this.#client = this.#make();
    this.#binary = this.#client.withTypeMapping(BINARY) as BinaryRedisClient<S>;
    this.#client.connect().catch(() => {});
    old.destroy();
  }

  #make(): RedisClient<S> {
    const { url, timeoutMs, name = 'splitwatch', scripts = {} as S } = this.#options;
    const client = makeClient({
      url,
      name,
      timeoutMs,
      scripts,
      giveUpOn: (cause) =>
        this.#phase === 'starting' && isMisconfigured(cause) ? cause : undefined,
      random: Math.random,
    });
    client.on('error', (error) => {
      if (client === this.#client) this.#away(error);
    });
    client.on('ready', () => this.#back());
    return client;
  }

  #away(error: unknown): void {
    this.#lastError = error;
    if (this.#isAway || this.#phase !== 'running') return;
    this.#isAway = true;
    const { log, url } = this.#options;
    log.warn({ redis: showUrl(url), reason: messageOf(error) }, 'Redis is away: trying again');
  }

  #back(): void {
    this.#missingSinceMs = undefined;
    if (!this.#isAway) return;
    this.#isAway = false;
    this.#options.log.info({ redis: showUrl(this.#options.url) }, 'Redis is back');
  }
}

/** Fails as a write would. A user that may not delete this key is asked no more than to answer. */
async function probeWrite<S extends RedisScripts>(client: RedisClient<S>): Promise<void> {
  try {
    await client.del(WRITE_PROBE_KEY);
  } catch (error) {
    if (replyCode(error) !== 'NOPERM') throw error;
    await client.ping();
  }
}

async function refuseEviction<S extends RedisScripts>(
  connection: RedisConnection<S>,
  options: RedisOptions<S>,
): Promise<void> {
  const shown = showUrl(options.url);
  const allowed = async <T>(ask: Promise<T>): Promise<T | undefined> => {
    try {
      return await ask;
    } catch (error) {
      if (error instanceof AppError && !(error.cause instanceof ErrorReply)) throw error;
      return undefined;
    }
  };
  const config = await allowed(
    connection.call((c) => c.sendCommand(['CONFIG', 'GET', 'maxmemory-policy'])),
  );
  const info = await allowed(connection.call((c) => c.sendCommand(['INFO', 'memory'])));
  const found = eviction({
    policy: Array.isArray(config) && config[1] !== undefined ? String(config[1]) : undefined,
    info: info === undefined ? undefined : String(info),
  });
  if (found.kind === 'evicts') throw new ConfigError([evictionProblem(shown, found.policy)]);
  if (found.kind === 'unknown') {
    options.log.warn(
      { redis: shown },
      'Redis tells neither CONFIG GET maxmemory-policy nor INFO memory: make sure it is noeviction',
    );
  }
}
