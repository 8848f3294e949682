import type { RedisScripts } from '@redis/client';
import type { Log } from '#shared/log.ts';
import type { BinaryRedisCommands, RedisCommands } from './redis-commands.ts';

export interface RedisOptions<S extends RedisScripts> {
  /** One server or a cluster, see redis-url.ts. */
  readonly url: string;
  /** Longest time that one call may take, milliseconds; then it fails with `state`. */
  readonly timeoutMs: number;
  readonly log: Log;
  /** Lua scripts by name, see `luaScript`; each becomes a method of the client. */
  readonly scripts?: S;
  /** Shown in CLIENT LIST. */
  readonly name?: string;
  /** How long to wait for Redis at start, milliseconds. Default 10,000. */
  readonly startTimeoutMs?: number;
  /**
   * With calls unanswered for so long the connection is replaced; where the server has become a
   * replica at once, but not more often than this. Of a cluster, the nodes are asked anew who
   * serves what, at most so often. Default 3 × timeoutMs.
   */
  readonly stuckAfterMs?: number;
  /** `problem()` speaks only after so long without an answer, milliseconds. Default 0: at once. */
  readonly problemAfterMs?: number;
  /**
   * A key that never exists, in the same slot as all that the caller keeps: of a cluster, only the
   * master of that slot then matters to `problem()`.
   */
  readonly writeProbeKey?: string;
}

export interface RedisConnection<S extends RedisScripts = Record<never, never>> {
  /**
   * Runs `use` with the client of the moment, under this connection's deadline.
   * @throws AppError `state` when Redis is away, slow or in no condition to answer. The command may
   * then have run all the same, so `use` must be safe to repeat. Other errors pass unchanged.
   */
  call<T>(use: (client: RedisCommands<S>) => Promise<T>): Promise<T>;
  /** As `call`, with bulk replies as Buffers, byte for byte. */
  callBinary<T>(use: (client: BinaryRedisCommands<S>) => Promise<T>): Promise<T>;
  /** What each master says to a command given word for word. Rejects as `call`. */
  askMasters(words: readonly string[]): Promise<unknown[]>;
  /**
   * Undefined while Redis answers and takes writes, or was away only for a moment, else one
   * sentence. A Redis that has become a replica answers PING as if all were well. A cluster with
   * one master that takes writes is of use, and has no problem, see `writeProbeKey`.
   */
  problem(): Promise<string | undefined>;
  /** Lets calls in flight end, within the deadline. Safe to call twice. */
  close(): Promise<void>;
}

/** What has yet to be started, once. */
export interface StartingConnection<S extends RedisScripts> extends RedisConnection<S> {
  start(): Promise<void>;
}
