import { pino } from 'pino';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { ConfigError } from '#shared/config.ts';
import { connectRedis } from './client.ts';
import { keySlot } from './key-slot.ts';
import { luaScript } from './lua-script.ts';
import { type OwnRedisCluster, startOwnRedisCluster } from './own-redis-cluster.ts';
import { startOwnRedisServer } from './own-redis-server.ts';
import type { RedisConnection, RedisOptions } from './redis-connection.ts';
import { startRedisProxy } from './redis-proxy.ts';

const log = pino({ level: 'silent' });
const SOON = { timeout: 20_000, interval: 20 };
const closing: (() => unknown)[] = [];

async function own(
  options: Parameters<typeof startOwnRedisCluster>[0] = {},
): Promise<OwnRedisCluster> {
  const cluster = await startOwnRedisCluster(options);
  closing.push(cluster.kill);
  return cluster;
}

async function open(
  url: string,
  options: Partial<RedisOptions<Record<never, never>>> = {},
): Promise<RedisConnection> {
  const connection = await connectRedis({
    url,
    timeoutMs: 300,
    stuckAfterMs: 100,
    log,
    ...options,
  });
  closing.push(() => connection.close());
  return connection;
}

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error) => error,
  );
const write = (connection: RedisConnection, key: string) =>
  connection.call((client) => client.incr(key));
/** One key for each of the three masters that a cluster begins with. */
const KEYS = ['a', 'b', 'c'] as const;

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

test('each of the keys of these tests is on another master', () => {
  expect(new Set(KEYS.map((key) => Math.floor((keySlot(key) * 3) / 16_384))).size).toBe(3);
});

describe('at start', () => {
  test('finds all masters by one node, though another that is named is away', async () => {
    const cluster = await own();
    const url = cluster.url.replace(/,.*/, ',127.0.0.1:1');
    const connection = await open(url);
    for (const key of KEYS) expect(await write(connection, key)).toBe(1);
    expect(await connection.problem()).toBeUndefined();
  });

  test('refuses a cluster of which one master may evict keys (L5)', async () => {
    const cluster = await own();
    await cluster.masters[2]?.tell('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru');
    const error = await failure(open(cluster.url));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toContain('CONFIG SET maxmemory-policy noeviction');
  });

  test('says at once that a Redis is no cluster', async () => {
    const server = await startOwnRedisServer();
    closing.push(server.kill);
    const url = server.url.replace('redis:', 'redis+cluster:');
    const error = await failure(open(url, { startTimeoutMs: 60_000 }));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toContain('cluster support disabled');
  });

  test('says at once that the password is wrong, and does not show it', async () => {
    const cluster = await own();
    for (const { tell } of cluster.masters) await tell('CONFIG', 'SET', 'requirepass', 'right');
    const named = (password: string) => cluster.url.replace('//', `//:${password}@`);
    const error = await failure(open(named('wr0ng'), { startTimeoutMs: 60_000 }));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).not.toContain('wr0ng');
    expect(await write(await open(named('right')), 'a')).toBe(1);
  });

  test('says in one sentence that no node is reachable', async () => {
    const error = await failure(
      open('redis+cluster://:s3cret@127.0.0.1:1', { startTimeoutMs: 300 }),
    );
    expect(error).toMatchObject({ code: 'state' });
    expect(error.message).toContain('redis+cluster://127.0.0.1:1');
    expect(error.message).toContain('ECONNREFUSED');
    expect(error.message).not.toContain('s3cret');
  });

  test('waits for a master that comes a little later, and does not start without it', async () => {
    const cluster = await own({ settings: ['--cluster-require-full-coverage', 'no'] });
    await cluster.masters[1]?.kill();
    expect(await failure(open(cluster.url, { startTimeoutMs: 500 }))).toMatchObject({
      code: 'state',
    });
    const opening = open(cluster.url, { startTimeoutMs: 20_000 });
    await cluster.masters[1]?.restart();
    for (const key of KEYS) expect(await write(await opening, key)).toBe(1);
  });

  test('a single server that is part of a cluster says how to name it', async () => {
    const cluster = await own();
    const connection = await open(cluster.masters[0]?.url as string);
    const errors = await Promise.all(KEYS.map((key) => failure(write(connection, key))));
    expect(errors.find((error) => error !== undefined)).toMatchObject({ code: 'state' });
    expect(errors.map(String).join()).toContain('redis+cluster://');
  });
});

test('a script runs on the master of its keys, with bytes, and whole after SCRIPT FLUSH', async () => {
  const cluster = await own();
  const scripts = {
    join: luaScript('return {KEYS[1], ARGV[1]}', (reply) => reply as (Buffer | string)[]),
  };
  const connection = await connectRedis({ url: cluster.url, timeoutMs: 1_000, log, scripts });
  closing.push(() => connection.close());
  for (const key of KEYS) {
    expect(await connection.call((c) => c.join([key], ['x']))).toEqual([key, 'x']);
  }
  await connection.askMasters(['SCRIPT', 'FLUSH']);
  const bytes = Buffer.from([0xff, 0]);
  const reply = await connection.callBinary((c) => c.join(['a'], [bytes]));
  expect(reply).toEqual([Buffer.from('a'), bytes]);
});

describe('while a master is away', () => {
  test('its keys fail with state and the others do not, until it is back (H)', async () => {
    const cluster = await own({ settings: ['--cluster-require-full-coverage', 'no'] });
    const connection = await open(cluster.url);
    for (const key of KEYS) await write(connection, key);
    const lost = cluster.masterOf('a');
    await lost.kill();
    expect(await failure(write(connection, 'a'))).toMatchObject({ code: 'state' });
    expect(await write(connection, 'b')).toBe(2);
    expect(await connection.problem()).toBeUndefined();
    await lost.restart();
    await vi.waitFor(() => write(connection, 'a'), SOON);
  });

  test('a cluster that wants all of its masters is a problem, until it is back', async () => {
    const cluster = await own();
    const connection = await open(cluster.url);
    const lost = cluster.masterOf('a');
    await lost.kill();
    await vi.waitFor(async () => expect(await connection.problem()).toBeDefined(), SOON);
    expect(await failure(write(connection, 'b'))).toMatchObject({
      ...{ code: 'state', message: 'Redis answers CLUSTERDOWN' },
    });
    await lost.restart();
    await vi.waitFor(async () => expect(await connection.problem()).toBeUndefined(), SOON);
    await vi.waitFor(() => Promise.all(KEYS.map((key) => write(connection, key))), SOON);
  });

  test('it is a problem to who keeps all on it, and none to the others', async () => {
    const cluster = await own({ settings: ['--cluster-require-full-coverage', 'no'] });
    const onA = await open(cluster.url, { writeProbeKey: '{a}probe' });
    const onB = await open(cluster.url, { writeProbeKey: '{b}probe' });
    await cluster.masterOf('a').kill();
    expect(await onA.problem()).toBeDefined();
    expect(await onB.problem()).toBeUndefined();
  });
});

test('moves to a new connection when the old one has gone silent without a close', async () => {
  const cluster = await own();
  const master = cluster.masterOf('a');
  const proxy = await startRedisProxy(master.port);
  closing.push(proxy.close);
  const { port } = new URL(proxy.url);
  await master.tell('CONFIG', 'SET', 'cluster-announce-port', port);
  const connection = await open(proxy.url.replace('redis:', 'redis+cluster:'));
  for (const key of KEYS) await write(connection, key);
  proxy.silenceOpenConnections();
  expect(await failure(write(connection, 'a'))).toMatchObject({ code: 'state' });
  // Well before the client's own time-out, which traffic would put off for ever.
  await vi.waitFor(() => write(connection, 'a'), { timeout: 4_000, interval: 20 });
});

test('a slot that no master serves is state, and no defect of ours (H)', async () => {
  const cluster = await own({ settings: ['--cluster-require-full-coverage', 'no'] });
  const connection = await open(cluster.url);
  for (const { tell } of cluster.masters) await tell('CLUSTER', 'DELSLOTS', `${keySlot('a')}`);
  const refusal = async () =>
    expect(await failure(write(connection, 'a'))).toMatchObject({
      ...{ code: 'state', message: 'Redis Cluster has slots that no master serves' },
    });
  await vi.waitFor(refusal, SOON);
  expect(await write(connection, 'b')).toBe(1);
});

describe('a failover', () => {
  test('is followed when the master crashed, with no call but readiness (H)', async () => {
    const cluster = await own({ hasReplicas: true });
    const connection = await open(cluster.url, { writeProbeKey: '{a}probe' });
    expect(await connection.problem()).toBeUndefined();
    await cluster.masterOf('a').kill();
    expect(await connection.problem()).toBeDefined();
    await vi.waitFor(async () => expect(await connection.problem()).toBeUndefined(), SOON);
    expect(await write(connection, 'a')).toBe(1);
  });

  test('is followed when the master went silent and its connections live on (H)', async () => {
    const cluster = await own({ hasReplicas: true });
    const connection = await open(cluster.url);
    for (const key of KEYS) await write(connection, key);
    const silent = cluster.masterOf('a');
    silent.freeze();
    const error = await failure(write(connection, 'a'));
    expect(error).toMatchObject({ code: 'state', message: 'Redis does not answer within 300 ms' });
    await vi.waitFor(() => write(connection, 'a'), SOON);
    // The old master comes back as a replica, and nothing goes to it.
    silent.thaw();
    const demoted = async () => expect(String(await silent.tell('ROLE'))).toContain('slave');
    await vi.waitFor(demoted, SOON);
    for (let i = 0; i < 20; i++) await write(connection, 'a');
  });

  test('that is asked for costs no call', async () => {
    const cluster = await own({ hasReplicas: true });
    const connection = await open(cluster.url, { timeoutMs: 10_000 });
    const at = cluster.masters.indexOf(cluster.masterOf('a'));
    const promoted = cluster.replicas[at];
    await promoted?.tell('CLUSTER', 'FAILOVER');
    let writes = 0;
    for (let role = ''; !role.includes('master'); role = String(await promoted?.tell('ROLE'))) {
      expect(await write(connection, 'a')).toBe(++writes);
    }
    expect(await write(connection, 'a')).toBe(++writes);
  });
});

test('closes twice without complaint, and calls after it fail with state', async () => {
  const cluster = await own();
  const connection = await open(cluster.url);
  await write(connection, 'a');
  await connection.close();
  await connection.close();
  expect(await failure(write(connection, 'a'))).toMatchObject({ code: 'state' });
  const clients = await Promise.all(cluster.masters.map(({ tell }) => tell('CLIENT', 'LIST')));
  expect(clients.map(String).join()).not.toContain('name=splitwatch');
});
