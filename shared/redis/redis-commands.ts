import {
  RESP_TYPES,
  type RedisClientType,
  type RedisClusterType,
  type RedisScripts,
  type TypeMapping,
} from '@redis/client';

type None = Record<never, never>;

/** One server, replies as text. */
export type RedisClient<S extends RedisScripts> = RedisClientType<None, None, S, 2, None>;
export type RedisCluster<S extends RedisScripts> = RedisClusterType<None, None, S, 2, None>;

/** Bulk replies as Buffers, byte for byte. */
export const BINARY = { [RESP_TYPES.BLOB_STRING]: Buffer } as const satisfies TypeMapping;

type BinaryClient<S extends RedisScripts> = RedisClientType<None, None, S, 2, typeof BINARY>;

/** What differs for a cluster, or is not for callers; all the rest is called in the same way. */
type Apart = 'sendCommand' | 'connect' | 'close' | 'destroy' | 'withTypeMapping';

export type RedisCommands<S extends RedisScripts> = Omit<RedisClient<S>, Apart>;
export type BinaryRedisCommands<S extends RedisScripts> = Omit<BinaryClient<S>, Apart>;
