import { ErrorReply } from '@redis/client';
import { AppError } from '#shared/errors.ts';
import type { Log } from '#shared/log.ts';
import { makeConnection } from '#shared/redis/client.ts';
import { eviction } from '#shared/redis/eviction.ts';
import { showUrl } from '#shared/redis/redis-url.ts';
import type { RedisFacts } from './redis-facts.ts';

const TIMEOUT_MS = 3000;

/**
 * What a Redis, or each master of a cluster, says of itself. What it is forbidden to tell is left
 * out; one that may evict is told like any other, though our functions refuse it.
 * @throws ConfigError or AppError `state` when it cannot be reached; neither shows the password.
 */
export async function askRedis(url: string, log: Log): Promise<readonly RedisFacts[]> {
  const connection = await makeConnection({
    ...{ url, log, name: 'splitwatch-doctor' },
    ...{ timeoutMs: TIMEOUT_MS, startTimeoutMs: TIMEOUT_MS },
  });
  try {
    await connection.start();
    const ask = async (...words: readonly string[]): Promise<readonly unknown[]> =>
      unlessForbidden(connection.askMasters(words));
    const setting = async (name: string): Promise<readonly (string | undefined)[]> =>
      (await ask('CONFIG', 'GET', name)).map(settingIn);
    const infos = (await ask('INFO')).map(String);
    const [policies, appendOnly, save] = [
      await setting('maxmemory-policy'),
      await setting('appendonly'),
      await setting('save'),
    ];
    const masters = Math.max(infos.length, policies.length, 1);
    return Array.from({ length: masters }, (_, index) =>
      factsOf({
        name: masters === 1 ? showUrl(url) : `${showUrl(url)} master ${index + 1}`,
        ...{ info: infos[index], policy: policies[index] },
        ...{ appendOnly: appendOnly[index], save: save[index] },
      }),
    );
  } finally {
    await connection.close();
  }
}

interface Said {
  readonly name: string;
  readonly info: string | undefined;
  readonly policy: string | undefined;
  readonly appendOnly: string | undefined;
  readonly save: string | undefined;
}

function factsOf({ name, info = '', policy, appendOnly, save }: Said): RedisFacts {
  const found = eviction({ info, policy });
  const version = lineOf(info, 'redis_version');
  // A managed Redis hides its settings, but not whether it writes a file.
  const aof = appendOnly ?? lineOf(info, 'aof_enabled');
  return {
    resource: { kind: 'Redis', name },
    ...(version !== undefined && { version }),
    ...(found.kind === 'keeps' && { policy: 'noeviction' }),
    ...(found.kind === 'evicts' && { policy: found.policy }),
    ...(aof !== undefined && { isAppendOnly: aof === 'yes' || aof === '1' }),
    ...(save !== undefined && { save }),
  };
}

function lineOf(info: string, name: string): string | undefined {
  return new RegExp(`^${name}:(\\S+)`, 'm').exec(info)?.[1];
}

/** CONFIG GET answers with a name and its value, or with nothing. */
function settingIn(reply: unknown): string | undefined {
  return Array.isArray(reply) && reply[1] !== undefined ? String(reply[1]) : undefined;
}

/** What is answered; nothing where the server refuses to. */
async function unlessForbidden(asked: Promise<unknown[]>): Promise<readonly unknown[]> {
  try {
    return await asked;
  } catch (error) {
    const cause = error instanceof AppError ? error.cause : error;
    if (cause instanceof ErrorReply) return [];
    throw error;
  }
}
