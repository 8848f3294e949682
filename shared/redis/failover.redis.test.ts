import { pino } from 'pino';
import { afterEach, expect, test, vi } from 'vitest';
import { connectRedis } from './client.ts';
import { type OwnRedisServer, startOwnRedisServer } from './own-redis-server.ts';
import type { RedisConnection } from './redis-connection.ts';
import { type RedisProxy, startRedisProxy } from './redis-proxy.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function own(settings: readonly string[] = []): Promise<OwnRedisServer> {
  const server = await startOwnRedisServer(settings);
  closing.push(server.kill);
  return server;
}

async function open(url: string): Promise<RedisConnection> {
  const log = pino({ level: 'silent' });
  const connection = await connectRedis({ url, timeoutMs: 500, stuckAfterMs: 200, log });
  closing.push(() => connection.close());
  return connection;
}

async function behindProxy(server: OwnRedisServer): Promise<RedisProxy> {
  const proxy = await startRedisProxy(server.port);
  closing.push(proxy.close);
  return proxy;
}

const say = async (server: OwnRedisServer, ...words: string[]): Promise<void> => {
  const connection = await open(server.url);
  await connection.askMasters(words);
  await connection.close();
};
const demote = (server: OwnRedisServer) => say(server, 'REPLICAOF', '127.0.0.1', '1');
const write = (connection: RedisConnection) => connection.call((client) => client.set('k', 'v'));
const SOON = { timeout: 10_000, interval: 20 };

test('finds the new master when the old one was demoted and its connection lives on (H)', async () => {
  const [before, after] = [await own(), await own()];
  const proxy = await behindProxy(before);
  const connection = await open(proxy.url);
  await write(connection);
  await demote(before);
  proxy.pointTo(after.port);
  await expect(write(connection)).rejects.toMatchObject({ code: 'state' });
  await vi.waitFor(() => write(connection), SOON);
  expect(await connection.problem()).toBeUndefined();
});

test('finds the new master without a call, since readiness looks whether writes are taken', async () => {
  const [before, after] = [await own(), await own()];
  const proxy = await behindProxy(before);
  const connection = await open(proxy.url);
  await demote(before);
  proxy.pointTo(after.port);
  expect(await connection.problem()).toContain('READONLY');
  await vi.waitFor(async () => expect(await connection.problem()).toBeUndefined(), SOON);
  await write(connection);
});

test('tells a Redis that only reads as a problem until it takes writes again', async () => {
  const server = await own();
  const connection = await open(server.url);
  await demote(server);
  for (let i = 0; i < 3; i++) {
    await vi.waitFor(
      async () => expect(await connection.problem()).toBe('Redis answers READONLY'),
      SOON,
    );
    await connection.call((client) => client.get('k')).catch(() => {});
  }
  await say(server, 'REPLICAOF', 'NO', 'ONE');
  await vi.waitFor(async () => expect(await connection.problem()).toBeUndefined(), SOON);
});

test('tells a replica that has lost its master and hides its data as a problem', async () => {
  const server = await own(['--replica-serve-stale-data', 'no', '--replica-read-only', 'no']);
  const connection = await open(server.url);
  await demote(server);
  expect(await connection.problem()).toContain('MASTERDOWN');
  await say(server, 'REPLICAOF', 'NO', 'ONE');
  await vi.waitFor(async () => expect(await connection.problem()).toBeUndefined(), SOON);
});

test('does not open one connection after the other while Redis only reads', async () => {
  const server = await own();
  const connection = await open(server.url);
  await demote(server);
  const opened = async (): Promise<number> => {
    const info = await connection.call((client) => client.info('stats'));
    return Number(/total_connections_received:(\d+)/.exec(String(info))?.[1]);
  };
  const before = await opened();
  for (let i = 0; i < 100; i++) await write(connection).catch(() => {});
  await vi.waitFor(opened, SOON);
  expect((await opened()) - before).toBeLessThanOrEqual(3);
});

test('is no problem where the user may not write outside of the keys of the function', async () => {
  const user = ['--user', 'default', 'on', 'nopass', '~sw*', '+@all'];
  const narrow = await open((await own(user)).url);
  expect(await narrow.problem()).toBeUndefined();
  const other = ['--user', 'default', 'on', 'nopass', '~other:*', '+@all'];
  const narrower = await open((await own(other)).url);
  expect(await narrower.problem()).toBeUndefined();
});
