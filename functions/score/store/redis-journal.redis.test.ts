import { randomUUID } from 'node:crypto';
import { expect, it, onTestFinished } from 'vitest';
import { encodeEpoch, epochKey, lossKey, NEW_OFFSETS } from '#shared/journal/epoch.ts';
import { CHUNK_OFFSETS } from '#shared/journal/offset-marks.ts';
import { createLog } from '#shared/log.ts';
import { connectRedis } from '#shared/redis/client.ts';
import { type OwnRedisServer, startOwnRedisServer } from '#shared/redis/own-redis-server.ts';
import type { RedisConnection } from '#shared/redis/redis-connection.ts';
import type { Journal } from '../journal.ts';
import { describeJournal, entry, RECEIPTS_LIFE_MS, START_MS } from './journal-contract.ts';
import { openRedisJournal, type RedisJournalOptions } from './redis-journal.ts';

const log = createLog('test', 'silent');

interface Opened {
  readonly journal: Journal;
  readonly setNow: (nowMs: number) => void;
  readonly close: () => Promise<void>;
  readonly redis: RedisConnection;
}

async function open(url: string, more: Partial<RedisJournalOptions> = {}): Promise<Opened> {
  let nowMs = START_MS;
  const redis = await connectRedis({ url, timeoutMs: 5000, log });
  const journal = await openRedisJournal({
    ...{ redis, log, keyPrefix: `test-${randomUUID()}`, ruleMark: 'rule', marksLifeMs: 3_600_000 },
    ...{ receiptsLifeMs: RECEIPTS_LIFE_MS, refusesWhenLost: true },
    ...{ now: () => nowMs, makeId: randomUUID },
    ...more,
  });
  const setNow = (to: number): void => {
    nowMs = to;
  };
  return { journal, setNow, close: () => redis.close(), redis };
}

const openShared = (more: Partial<RedisJournalOptions> = {}): Promise<Opened> =>
  open(process.env.REDIS_URL as string, more);

async function openForTest(url: string, more: Partial<RedisJournalOptions> = {}): Promise<Opened> {
  const opened = await open(url, more);
  onTestFinished(opened.close);
  return opened;
}

async function ownServer(settings: readonly string[] = []): Promise<OwnRedisServer> {
  const server = await startOwnRedisServer(settings);
  onTestFinished(() => server.kill());
  return server;
}

describeJournal('the Redis journal', () => openShared());

const at = (offset: number) => ({ place: { partition: 0, offset } });
const lost = { code: 'state', message: expect.stringContaining('run ./splitwatch rebuild') };

it('lets marks and receipts go with time (L5)', async () => {
  const keyPrefix = `test-${randomUUID()}`;
  const { journal, redis } = await openForTest(process.env.REDIS_URL as string, { keyPrefix });
  await journal.accepted(entry('a', at(1)));
  const keys = await redis.call((client) => client.keys(`${keyPrefix}*`));
  const lives = await Promise.all(keys.map((key) => redis.call((client) => client.pTTL(key))));
  const byKey = new Map(keys.map((key, i) => [key.slice(keyPrefix.length + 1), lives[i]]));
  expect(byKey.get('marks:0:0:first')).toBeGreaterThan(3_600_000);
  expect(byKey.get(`rule:receipts:${START_MS / 10_000}`)).toBeGreaterThan(RECEIPTS_LIFE_MS);
  expect(byKey.get('{epoch}')).toBe(-1);
  expect([...byKey.keys()].filter((key) => key.includes('acknowledged'))).toHaveLength(1);
});

it('spends little on places that nobody goes on naming, and loses no mark for it (L4, P)', async () => {
  const keyPrefix = `test-${randomUUID()}`;
  const { journal, redis } = await openForTest(process.env.REDIS_URL as string, { keyPrefix });
  const offsets = [
    ...Array.from({ length: 100 }, (_, i) => i), // as a topic is read
    ...Array.from({ length: 50 }, (_, i) => (i + 2) * CHUNK_OFFSETS - 1), // as a liar would
  ];
  for (const offset of offsets) await journal.accepted(entry('a', at(offset)));
  const marked = (await journal.marks()).get(0) ?? [];
  expect(marked.flatMap(({ from, to }) => [from, to])).toEqual([
    ...[0, 100],
    ...offsets.slice(100).flatMap((offset) => [offset, offset + 1]),
  ]);
  const keys = await redis.call((client) => client.keys(`${keyPrefix}:marks:*`));
  const bytes = await Promise.all(
    keys.map((key) => redis.call((client) => client.memoryUsage(key))),
  );
  expect(bytes.reduce<number>((sum, size) => sum + Number(size), 0) / 50).toBeLessThan(512);
});

it('refuses everything once Redis has been emptied, in every process (L3)', async () => {
  const { url } = await ownServer();
  const [one, two] = [
    await openForTest(url, { keyPrefix: 'sw' }),
    await openForTest(url, { keyPrefix: 'sw' }),
  ];
  await one.journal.accepted(entry('a', at(0)));
  await one.redis.call((client) => client.flushAll());
  await expect(one.journal.accepted(entry('b', at(1)))).rejects.toMatchObject(lost);
  expect(() => one.journal.admit(undefined)).toThrow(expect.objectContaining(lost));
  await two.journal.check();
  expect(two.journal.epoch.kind).toBe('lost');
  const three = await openForTest(url, { keyPrefix: 'sw' });
  expect(three.journal.epoch.kind).toBe('lost');
});

it('notices an empty Redis without being sent anything (L3)', async () => {
  const { url } = await ownServer();
  const { journal, redis } = await openForTest(url);
  await redis.call((client) => client.flushAll());
  await journal.check();
  expect(journal.epoch).toMatchObject({ kind: 'lost' });
  await journal.check();
  expect(journal.epoch).toMatchObject({ kind: 'lost' });
});

it('notices a Redis that came back older than what it acknowledged (L3)', async () => {
  const { url } = await ownServer();
  const { journal, redis } = await openForTest(url, { keyPrefix: 'sw' });
  await journal.accepted(entry('a', at(0)));
  const [key = ''] = await redis.call((client) => client.keys('*acknowledged*'));
  await journal.accepted(entry('b', at(1)));
  await journal.accepted(entry('c', at(2)));
  await redis.call((client) => client.set(key, '2')); // as a stale replica has it
  await expect(journal.accepted(entry('d', at(3)))).rejects.toMatchObject(lost);
  expect(journal.epoch).toMatchObject({ kind: 'lost', reason: expect.stringMatching(/came back/) });
});

it('goes on over a restart that lost nothing (L2)', async () => {
  const server = await ownServer([
    '--appendonly',
    'yes',
    '--appendfsync',
    'always',
    '--dir',
    '/tmp',
    '--appenddirname',
    `aof-${randomUUID()}`,
  ]);
  const { journal } = await openForTest(server.url);
  await journal.accepted(entry('a', at(0)));
  await server.restart();
  await expect
    .poll(
      () =>
        journal.check().then(
          () => 'asked',
          () => 'away',
        ),
      { timeout: 10_000 },
    )
    .toBe('asked');
  await journal.accepted(entry('b', at(1)));
  await journal.check();
  expect(journal.epoch).toEqual({ kind: 'whole' });
});

it('fails what it cannot keep, each failure once and to its caller (L1)', async () => {
  const { url } = await ownServer();
  const { journal, redis } = await openForTest(url);
  const unhandled: unknown[] = [];
  const onUnhandled = (reason: unknown): void => void unhandled.push(reason);
  process.on('unhandledRejection', onUnhandled);
  onTestFinished(() => void process.off('unhandledRejection', onUnhandled));
  await redis.call((client) => client.configSet('maxmemory', '1'));
  await expect(journal.accepted(entry('a', at(0)))).rejects.toMatchObject({ code: 'state' });
  journal.refused(at(1).place);
  await expect(journal.accepted(entry('b', at(2)))).rejects.toMatchObject({ code: 'state' });
  await redis.call((client) => client.configSet('maxmemory', '0'));
  await journal.accepted(entry('a', at(0)));
  expect(unhandled).toEqual([]);
});

it('goes on and warns when it is told to (L3)', async () => {
  const { url } = await ownServer();
  const { journal, redis } = await openForTest(url, { refusesWhenLost: false });
  await journal.accepted(entry('a', at(0)));
  await redis.call((client) => client.flushAll());
  await journal.accepted(entry('b', at(1)));
  expect(await journal.admit(at(2).place)).toBeUndefined();
  expect(journal.epoch.kind).toBe('lost');
});

it('takes a topic with a past for a lost Redis at the first start, not one from its beginning (L3)', async () => {
  const fresh = await openForTest(process.env.REDIS_URL as string);
  await expect(async () => fresh.journal.admit(at(NEW_OFFSETS).place)).rejects.toMatchObject({
    ...lost,
    message: expect.stringMatching(/offset 10000.*first start on a topic with a past/),
  });
  const young = await openForTest(process.env.REDIS_URL as string);
  await young.journal.admit(at(70).place);
  await young.journal.accepted(entry('a', at(70)));
  expect(await young.journal.admit(at(NEW_OFFSETS).place)).toBeUndefined();
});

it('takes only what is read again while that lasts, and all when it is over (L3)', async () => {
  const { url } = await ownServer();
  const { journal, redis } = await openForTest(url, { keyPrefix: 'sw' });
  await journal.accepted(entry('a', at(0)));
  await redis.call((client) => client.flushAll());
  await journal.check();
  const epoch = { id: 'second', madeBy: 'rebuild', sinceMs: START_MS } as const;
  const begin = encodeEpoch({ ...epoch, isRebuilding: true });
  await redis.call((client) => client.set(epochKey('sw'), begin));
  await redis.call((client) => client.del(lossKey('sw')));

  await expect(async () => journal.admit(undefined, 'first')).rejects.toMatchObject({
    code: 'state',
  });
  await journal.admit(undefined, 'second');
  await journal.accepted(entry('a', at(0)));
  expect((await journal.marks()).get(0)).toEqual([{ from: 0, to: 1, mark: 'accepted' }]);
  const keys = await redis.call((client) => client.keys('sw:*'));
  const lives = await Promise.all(keys.map((key) => redis.call((client) => client.pTTL(key))));
  const forever = keys.filter((_, i) => (lives[i] as number) < 0).sort();
  expect(forever.slice(0, 2)).toEqual(['sw:marks', 'sw:{epoch}']);
  expect(forever.slice(2).filter((key) => !key.includes('acknowledged'))).toEqual([]);
  expect(() => journal.admit(undefined)).toThrow(/is being read again/);

  await redis.call((client) => client.set(epochKey('sw'), encodeEpoch(epoch)));
  await journal.check();
  expect(journal.epoch).toEqual({ kind: 'whole' });
  expect(await journal.admit(undefined)).toBeUndefined();
  await expect(async () => journal.admit(undefined, 'second')).rejects.toMatchObject({
    code: 'state',
  });
});
