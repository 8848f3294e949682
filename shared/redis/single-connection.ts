import { ErrorReply, type RedisScripts } from '@redis/client';
import { ConfigError } from '#shared/config.ts';
import { AppError } from '#shared/errors.ts';
import {
  BINARY,
  type BinaryRedisCommands,
  type RedisClient,
  type RedisCommands,
} from './redis-commands.ts';
import type { RedisOptions, StartingConnection } from './redis-connection.ts';
import { fromRedis, isDemoted, isHopeless, messageOf, replyCode } from './redis-errors.ts';
import { makeClient } from './redis-options.ts';
import { SERVER_FORM, showUrl } from './redis-url.ts';
import { startError } from './start-error.ts';
import { withDeadline } from './with-deadline.ts';
import { patientProblem, probeWrite, WRITE_PROBE_KEY } from './write-probe.ts';

/**
 * A connection to one Redis that recovers by itself from anything: restarts, pauses, a network that
 * goes silent, a failover behind the same address.
 */
export class SingleConnection<S extends RedisScripts> implements StartingConnection<S> {
  readonly #options: RedisOptions<S>;
  readonly problem: () => Promise<string | undefined>;
  #client: RedisClient<S>;
  #binary: BinaryRedisCommands<S>;
  #phase: 'starting' | 'running' | 'closed' = 'starting';
  #isAway = false;
  #lastError: unknown;
  /** When the first of the calls now unanswered in a row missed its deadline. */
  #missingSinceMs: number | undefined;
  #replacedAtMs = Number.NEGATIVE_INFINITY;

  /** @throws ConfigError for an address that the client cannot take apart. */
  constructor(options: RedisOptions<S>) {
    this.#options = options;
    const { problemAfterMs, writeProbeKey = WRITE_PROBE_KEY } = options;
    const probe = () => this.call((client) => probeWrite(client, writeProbeKey));
    this.problem = patientProblem(probe, problemAfterMs);
    try {
      this.#client = this.#make();
    } catch (error) {
      throw new ConfigError([`REDIS_URL: expected ${SERVER_FORM} (${messageOf(error)})`]);
    }
    this.#binary = this.#client.withTypeMapping(BINARY) as BinaryRedisCommands<S>;
  }

  async start(): Promise<void> {
    const { url, startTimeoutMs = 10_000 } = this.#options;
    try {
      await withDeadline(this.#client.connect(), startTimeoutMs);
    } catch (error) {
      throw startError(showUrl(url), startTimeoutMs, this.#lastError ?? error);
    }
    this.#phase = 'running';
  }

  call<T>(use: (client: RedisCommands<S>) => Promise<T>): Promise<T> {
    return this.#under(() => use(this.#client));
  }

  callBinary<T>(use: (client: BinaryRedisCommands<S>) => Promise<T>): Promise<T> {
    return this.#under(() => use(this.#binary));
  }

  async askMasters(words: readonly string[]): Promise<unknown[]> {
    return [await this.#under(() => this.#client.sendCommand([...words]))];
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
    this.#binary = this.#client.withTypeMapping(BINARY) as BinaryRedisCommands<S>;
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
      giveUpOn: (cause) => (this.#phase === 'starting' && isHopeless(cause) ? cause : undefined),
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
