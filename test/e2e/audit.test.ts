import { join } from 'node:path';
import { createClient } from '@redis/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pairKey } from '#shared/domain/pair.ts';
import type { Transaction } from '#shared/domain/transaction.ts';
import { createKafkaClient } from '#shared/kafka/kafka-client.ts';
import { brokersForTests } from '#shared/kafka/kafka-test-brokers.ts';
import { createKafkaTopics } from '#shared/kafka/kafka-topics.ts';
import { createLog } from '#shared/log.ts';
import { ruleMark } from '../../functions/score/store/rule-mark.ts';
import { VERSION_CHARACTERS } from '../../functions/score/store/state-version.ts';
import { createPoster, type Poster } from '../../local/eventing/post.ts';
import { type ProgramRun, runProgramFile } from '../../local/services/run-program.ts';
import { DEFAULT_RULE } from '../oracle/compare.ts';
import { type Input, makeInput, writeInput } from './against-oracle.ts';
import { emptyRedis, startForTest, type TestUp } from './start-for-test.ts';
import { until } from './until.ts';

/** The cases build on each other: what the first one plants, the others find. */
const DELIVERIES = 50_000;
/** Acknowledged to Kafka, and never posted to score. */
const DROPPED = ['0/100', '0/101', '3/2000'];
const log = createLog('e2e', 'silent');

interface AuditJson {
  readonly isClean: boolean;
  readonly counts: Readonly<Record<string, number>>;
  readonly partitions: readonly {
    readonly partition: number;
    readonly intervals: readonly { from: number; to: number; kind: string; note?: string }[];
  }[];
  readonly totals: {
    readonly compared: number;
    readonly differences: readonly Record<string, unknown>[];
  };
}

let up: TestUp;
let redisUrl: string;
let input: Input;
beforeAll(async () => {
  redisUrl = await emptyRedis();
  up = await startForTest({ redisUrl, channel: 'none', poster: droppingPoster(DROPPED) });
  input = makeInput(17, DELIVERIES);
});
afterAll(() => up?.stop());

/** Posts all but the records at these places, of which it says that they were taken. */
function droppingPoster(places: readonly string[]): Poster {
  const poster = createPoster();
  return {
    ...poster,
    post: (url, message, timeoutMs) => {
      const { headers } = message;
      const place = `${headers['ce-knativekafkapartition']}/${headers['ce-knativekafkaoffset']}`;
      if (!places.includes(place)) return poster.post(url, message, timeoutMs);
      return Promise.resolve({
        ...{ kind: 'answer', status: 204, headers: {}, bodyHead: Buffer.alloc(0) },
      });
    },
  };
}

function audit(...more: string[]): Promise<ProgramRun> {
  const { transactions, transactionsDeadLetters, scoreGroup } = up.names;
  const where = ['--kafka', brokersForTests().join(','), '--redis', redisUrl];
  const names = ['--topic', transactions, '--dlq', transactionsDeadLetters, '--group', scoreGroup];
  const program = join(import.meta.dirname, '../../splitwatch');
  return runProgramFile(program, ['audit', ...where, ...names, ...more], { timeoutMs: 120_000 });
}

/** What an audit finds; it fails when, and only when, that is anything. */
async function auditJson(): Promise<AuditJson> {
  const { exitCode, output } = await audit('--json');
  expect(output).toMatch(/^\{/);
  const report = JSON.parse(output) as AuditJson;
  expect(exitCode).toBe(report.isClean ? 0 : 1);
  return report;
}

/** The places of a kind, as `PARTITION/OFFSET`. */
function placesOf({ partitions }: AuditJson, kind: string): string[] {
  return partitions.flatMap(({ partition, intervals }) =>
    intervals
      .filter((interval) => interval.kind === kind)
      .flatMap(({ from, to }) =>
        Array.from({ length: to - from + 1 }, (_, i) => `${partition}/${from + i}`),
      ),
  );
}

/** The records of a Kafka transaction: behind them stands a marker, which is no record. */
async function writeInKafkaTransaction(records: Input['records']): Promise<void> {
  const producer = createKafkaClient({ brokers: brokersForTests(), log }).producer({
    ...{ idempotent: true, maxInFlightRequests: 1, transactionalId: up.names.transactions },
  });
  await producer.connect();
  const transaction = await producer.transaction();
  const messages = records.map(({ key, value, headers }) => ({
    key,
    value,
    headers,
    partition: 2,
  }));
  await transaction.send({ topic: up.names.transactions, messages });
  await transaction.commit();
  await producer.disconnect();
}

async function settled(): Promise<void> {
  await until('all records are settled', 280_000, async () => (await up.stats()).score.lag === 0);
}

describe('50,000 records through the local runtime on a real broker', () => {
  it('are told of while they come: nothing is taken for lost or wrong that is under way', {
    timeout: 300_000,
  }, async () => {
    const { records } = input;
    const { transactions } = up.names;
    await writeInput(transactions, records.slice(0, 30_000));
    await until('some are scored, and the group has said so', 60_000, async () => {
      const { delivered, lag } = (await up.stats()).score;
      return delivered > 500 && lag !== undefined && lag < 30_000;
    });
    const report = await auditJson();
    const { counts, totals } = report;
    expect(counts.pending).toBeGreaterThan(0);
    expect(counts.processed).toBeGreaterThan(0);
    expect(totals.differences).toEqual([]);
    const lost = placesOf(report, 'lost');
    expect(DROPPED).toEqual(expect.arrayContaining(lost));
  });

  it('are missing exactly three, with two dead letters and a marker told apart (L2, L4)', {
    timeout: 300_000,
  }, async () => {
    const { records } = input;
    const { transactions } = up.names;
    await writeInKafkaTransaction(records.slice(30_000, 30_010));
    const topics = createKafkaTopics({ brokers: brokersForTests(), log });
    for (const text of ['{"timestamp":', '2026-11-22T09:59:00Z;66;26;1e9']) {
      await topics.write(transactions, [{ key: 'p', value: Buffer.from(text), headers: {} }]);
    }
    await topics.close();
    await writeInput(transactions, records.slice(30_010));
    await settled();
    const report = await auditJson();
    expect(placesOf(report, 'lost')).toEqual(DROPPED);
    expect(report.counts).toEqual({
      ...{ processed: DELIVERIES - 3, lost: 3, 'dead-lettered': 2, 'not a record': 1, pending: 0 },
      ...{ 'refused without a dead letter': 0, 'before the rebuild': 0, 'too old to tell': 0 },
    });
    const letters = report.partitions.flatMap(({ intervals }) =>
      intervals.flatMap((x) => x.note ?? []),
    );
    expect(letters.toSorted()).toEqual(['invalid, open', 'malformed, open']);
    expect(placesOf(report, 'not a record')).toEqual([expect.stringMatching(/^2\//)]);
    expect(report.totals).toMatchObject({ differences: [], compared: expect.any(Number) });
    expect(report.totals.compared).toBeGreaterThan(1000);
    const { exitCode, output } = await audit('--score', up.scoreUrls[0] as string);
    expect(exitCode).toBe(1);
    expect(output).toMatch(/^rule: window 10m, lateness 10m, threshold 10000\.00, as score says$/m);
    expect(output).toMatch(/^ {4}100–101 {2}LOST$/m);
    expect(output).toMatch(/^NOT CLEAN: 3 records lost$/m);
  });

  it('have a total that a cent was put to, and no other (L3)', { timeout: 120_000 }, async () => {
    const pair = [...input.byPair.values()].at(-1)?.[0] as Transaction;
    const key = `sw:${ruleMark(DEFAULT_RULE)}{${pairKey(pair)}:${pair.currency}}`;
    await addCent(key);
    const { totals } = await auditJson();
    const { origin, target, currency } = pair;
    expect(totals.differences).toEqual([
      expect.objectContaining({ pair: { origin, target, currency }, onlyInLog: [] }),
    ]);
    const { log: inLog, redis } = totals.differences[0] as Record<string, { total: string }>;
    const cents = (text = ''): number => Math.round(Number(text) * 100);
    expect(cents(redis?.total) - cents(inLog?.total)).toBe(1);
    const { output } = await audit();
    expect(output).toMatch(/^NOT CLEAN: 3 records lost, 1 total differs$/m);
  });
});

describe('what cannot be audited', () => {
  it.each([
    ['no such topic', ['--topic', 'nothing'], 'there is no topic nothing: name it by --topic'],
    ['another group', ['--group', 'nobody'], 'group nobody has committed nothing of topic'],
    ['another rule', ['--threshold', '5000.00'], 'Redis has totals, but none under this rule'],
    ['no broker', ['--kafka', '127.0.0.1:9'], 'is --kafka a running broker, as HOST:PORT?'],
    ['no Redis', ['--redis', 'redis://127.0.0.1:9'], '--redis redis://127.0.0.1:9: '],
    ['no Redis at all', ['--redis', 'memory:'], "is inside score's process"],
  ])('is said in one line, with the flag: %s', async (_what, flags, sentence) => {
    const { exitCode, output } = await audit(...flags);
    expect({ exitCode, output }).toEqual({
      exitCode: 1,
      output: expect.stringContaining(sentence),
    });
    expect(output.trimEnd().split('\n')).toHaveLength(1);
  });

  it('is said of a Redis that score never wrote to', async () => {
    const { exitCode, output } = await audit('--redis', await emptyRedis(11));
    expect({ exitCode, output }).toEqual({
      ...{ exitCode: 1, output: expect.stringContaining('nothing that score noted') },
    });
  });
});

/** To the pair's newest amount, and so to its total, in the state as `pair-text.ts` writes it. */
async function addCent(key: string): Promise<void> {
  const redis = await createClient({ url: redisUrl }).connect();
  try {
    const text = (await redis.get(key)) as string;
    const state = JSON.parse(text.slice(VERSION_CHARACTERS));
    const entries: (number | string)[] = state[5];
    entries[entries.length - 2] = (entries.at(-2) as number) + 1;
    const changed = text.slice(0, VERSION_CHARACTERS) + JSON.stringify(state);
    expect(await redis.set(key, changed, { expiration: 'KEEPTTL' })).toBe('OK');
  } finally {
    redis.destroy();
  }
}
