import { pino } from 'pino';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { ConfigError } from '#shared/config.ts';
import { AppError } from '#shared/errors.ts';
import { connectRedis } from './client.ts';
import { luaScript } from './lua-script.ts';
import { type OwnRedisServer, startOwnRedisServer } from './own-redis-server.ts';
import type { RedisConnection, RedisOptions } from './redis-connection.ts';
import { startRedisProxy } from './redis-proxy.ts';

const log = pino({ level: 'silent' });
const closing: (() => unknown)[] = [];

async function own(settings: readonly string[] = []): Promise<OwnRedisServer> {
  const server = await startOwnRedisServer(settings);
  closing.push(server.kill);
  return server;
}

async function open(
  url: string,
  options: Partial<RedisOptions<Record<never, never>>> = {},
): Promise<RedisConnection> {
  const connection = await connectRedis({ url, timeoutMs: 300, log, ...options });
  closing.push(() => connection.close());
  return connection;
}

const ping = (connection: RedisConnection) => connection.call((client) => client.ping());
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error) => error,
  );

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

describe('at start', () => {
  test('refuses a Redis that may evict keys and names the cure (L5)', async () => {
    const server = await own(['--maxmemory', '50mb', '--maxmemory-policy', 'volatile-lru']);
    const error = await failure(open(server.url));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toContain('CONFIG SET maxmemory-policy noeviction');
  });

  test('reads the policy from INFO where CONFIG is forbidden (L5)', async () => {
    const user = ['--user', 'default', 'on', 'nopass', '~*', '+@all', '-config'];
    const server = await own(['--maxmemory-policy', 'allkeys-lfu', ...user]);
    expect((await failure(open(server.url))).message).toContain('allkeys-lfu');
  });

  test('warns and goes on where neither may be read', async () => {
    const user = ['--user', 'default', 'on', 'nopass', '~*', '+@all', '-config', '-info'];
    const server = await own(user);
    const warned = vi.fn();
    const connection = await open(server.url, {
      log: Object.assign(pino({ level: 'silent' }), { warn: warned }),
    });
    expect(await ping(connection)).toBe('PONG');
    expect(warned.mock.calls[0]?.[1]).toContain('noeviction');
  });

  test('says in one sentence that Redis is not reachable, without the password', async () => {
    const url = 'redis://someone:s3cret@127.0.0.1:1/0';
    const error = await failure(open(url, { startTimeoutMs: 300 }));
    expect(error).toMatchObject({ code: 'state' });
    expect(error.message).toContain('redis://127.0.0.1:1');
    expect(error.message).toContain('ECONNREFUSED');
    expect(error.message).not.toContain('s3cret');
  });

  test('waits for a Redis that comes a little later', async () => {
    const server = await own();
    await server.kill();
    const opening = open(server.url, { startTimeoutMs: 10_000 });
    await server.restart();
    expect(await ping(await opening)).toBe('PONG');
  });

  test('says at once that the password is wrong', async () => {
    const server = await own(['--requirepass', 'right']);
    const url = server.url.replace('//', '//:wr0ng@');
    const error = await failure(open(url, { startTimeoutMs: 60_000 }));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).not.toContain('wr0ng');
    expect(await failure(open(server.url, { startTimeoutMs: 60_000 }))).toBeInstanceOf(ConfigError);
  });

  test.each([
    ['a database that is no number', 'redis://:s3cret@127.0.0.1:1/abc'],
    ['a password that cannot be decoded', 'redis://:s3cret%@127.0.0.1:1'],
  ])('says at once that the address has %s', async (_, url) => {
    const error = await failure(open(url, { startTimeoutMs: 60_000 }));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toMatch(/REDIS_URL: .*redis:\/\/\[user:password@\]host:port/);
    expect(error.message).not.toContain('s3cret');
  });

  test('takes a password and a database from the URL', async () => {
    const server = await own(['--requirepass', 'p@ss']);
    const connection = await open(`${server.url.replace('//', '//:p%40ss@')}/3`);
    expect(await connection.call((client) => client.clientInfo())).toMatchObject({ db: 3 });
  });
});

describe('a call', () => {
  test('fails with state by its deadline when Redis is paused for longer (H)', async () => {
    const server = await own();
    const connection = await open(server.url);
    await connection.askMasters(['CLIENT', 'PAUSE', '1500', 'ALL']);
    const error = await failure(ping(connection));
    expect(error).toMatchObject({ code: 'state', message: 'Redis does not answer within 300 ms' });
    await vi.waitFor(() => ping(connection), { timeout: 10_000, interval: 50 });
  });

  test('fails with state at once while Redis is away, and works again when it is back (H)', async () => {
    const server = await own();
    const connection = await open(server.url);
    await server.kill();
    expect(await failure(ping(connection))).toMatchObject({ code: 'state' });
    await server.restart();
    await vi.waitFor(() => ping(connection), { timeout: 10_000, interval: 50 });
  });

  test('fails with state when Redis is full and may not evict (L5)', async () => {
    const server = await own(['--maxmemory', '1kb', '--maxmemory-policy', 'noeviction']);
    const connection = await open(server.url);
    const error = await failure(connection.call((client) => client.set('k', 'v')));
    expect(error).toMatchObject({ code: 'state', message: 'Redis answers OOM' });
  });

  test('passes a defect of ours as it is', async () => {
    const server = await own();
    const connection = await open(server.url);
    await connection.call((client) => client.set('k', 'v'));
    const error = await failure(connection.call((client) => client.incr('k')));
    expect(error).not.toBeInstanceOf(AppError);
  });

  test('carries bytes both ways unchanged', async () => {
    const server = await own();
    const connection = await open(server.url);
    const bytes = Buffer.from([0, 255, 13, 10, 0xc3, 0x28]);
    await connection.call((client) => client.set('bytes', bytes));
    expect(await connection.callBinary((client) => client.get('bytes'))).toEqual(bytes);
  });
});

test('moves to a new connection when the old one has gone silent without a close', async () => {
  const server = await own();
  const proxy = await startRedisProxy(server.port);
  closing.push(proxy.close);
  const connection = await open(proxy.url, {
    timeoutMs: 100,
    stuckAfterMs: 200,
  });
  proxy.silenceOpenConnections();
  expect(await failure(ping(connection))).toMatchObject({ code: 'state' });
  await vi.waitFor(() => ping(connection), { timeout: 4_000, interval: 20 });
});

describe('a script', () => {
  const scripts = {
    join: luaScript(
      "return {KEYS[1], ARGV[1] .. ARGV[2], redis.call('INCR', KEYS[1])}",
      (reply) => reply as [Buffer | string, Buffer | string, number],
    ),
  };

  test('runs by its digest, whole after SCRIPT FLUSH, with text and with bytes', async () => {
    const server = await own();
    const connection = await connectRedis({ url: server.url, timeoutMs: 1_000, log, scripts });
    closing.push(() => connection.close());
    expect(await connection.call((c) => c.join(['k'], ['a', 'b']))).toEqual(['k', 'ab', 1]);
    await connection.askMasters(['SCRIPT', 'FLUSH']);
    const bytes = Buffer.from([0xff, 0]);
    const reply = await connection.callBinary((c) => c.join(['k'], [bytes, bytes]));
    expect(reply).toEqual([Buffer.from('k'), Buffer.from([0xff, 0, 0xff, 0]), 2]);
  });
});

describe('readiness', () => {
  test('overlooks a short absence and reports a long one', async () => {
    const server = await own();
    const patient = await open(server.url, { problemAfterMs: 60_000 });
    const strict = await open(server.url, { problemAfterMs: 0 });
    expect(await strict.problem()).toBeUndefined();
    await server.kill();
    expect(await patient.problem()).toBeUndefined();
    expect(await strict.problem()).toMatch(/^Redis is not reachable/);
    await server.restart();
    await vi.waitFor(async () => expect(await strict.problem()).toBeUndefined(), 10_000);
  });
});

test('closes twice without complaint, and calls after it fail with state', async () => {
  const server = await own();
  const connection = await open(server.url);
  await connection.close();
  await connection.close();
  expect(await failure(ping(connection))).toMatchObject({ code: 'state' });
});
