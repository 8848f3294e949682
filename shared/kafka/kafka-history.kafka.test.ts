import { randomUUID } from 'node:crypto';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import type { Admin, ITopicConfig, Producer, Transaction } from 'kafkajs';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createLog } from '#shared/log.ts';
import { produceLines } from '../../test/kafka-console.ts';
import { createKafkaClient } from './kafka-client.ts';
import { createKafkaHistory, type PartitionSpan, type TopicHistory } from './kafka-history.ts';
import { brokersForTests } from './kafka-test-brokers.ts';
import type { StoredRecord } from './topic.ts';

const log = createLog('kafka-test', 'silent');

interface Open {
  readonly topic: string;
  readonly history: TopicHistory;
  readonly admin: Admin;
  readonly producer: Producer;
  /** Opens a Kafka transaction. */
  transaction(): Promise<Transaction>;
}

async function open(config: Partial<ITopicConfig> = {}): Promise<Open> {
  const topic = `history-${randomUUID()}`;
  const brokers = brokersForTests();
  const kafka = createKafkaClient({ brokers, log });
  const admin = kafka.admin();
  const producer = kafka.producer();
  const transactional = kafka.producer({
    ...{ transactionalId: topic, maxInFlightRequests: 1, idempotent: true },
  });
  const history = createKafkaHistory({ brokers, log });
  await admin.connect();
  await producer.connect();
  await transactional.connect();
  onTestFinished(async () => {
    await Promise.all([admin.disconnect(), producer.disconnect(), transactional.disconnect()]);
    await history.close();
  });
  await admin.createTopics({ topics: [{ topic, numPartitions: 1, ...config }] });
  return { topic, history, admin, producer, transaction: () => transactional.transaction() };
}

async function readAll({ history, topic }: Open, fromMs?: number) {
  const spans = (await history.spans(topic, fromMs)) ?? [];
  const records: StoredRecord[] = [];
  let passed = { done: 0n, all: 0n };
  const take = (given: readonly StoredRecord[]): void => void records.push(...given);
  await history.read(topic, spans, take, {
    onProgress: (done, all) => {
      passed = { done, all };
    },
  });
  return { spans, records, passed, values: records.map(({ value }) => String(value)) };
}

const message = (value: string) => ({ key: 'k', value });

describe('the history of a topic', () => {
  it('is every record of all partitions, each with its place, empty partitions too', async () => {
    const opened = await open({ numPartitions: 4 });
    const messages = Array.from({ length: 300 }, (_, i) => ({
      ...{ key: `key-${i % 7}`, value: `value-${i}`, partition: i % 3 },
      ...{ headers: { ce_id: `id-${i}` }, timestamp: String(1_700_000_000_000 + i) },
    }));
    await opened.producer.send({ topic: opened.topic, messages });
    const { spans, records, passed } = await readAll(opened);
    expect(spans).toEqual([
      ...[0, 1, 2].map((partition) => ({ partition, begin: 0n, end: 100n })),
      { partition: 3, begin: 0n, end: 0n },
    ]);
    expect(records.map(({ partition, offset }) => `${partition}/${offset}`)).toEqual(
      [0, 1, 2].flatMap((partition) => Array.from({ length: 100 }, (_, i) => `${partition}/${i}`)),
    );
    const { key, value, headers, timestampMs } = records[101] as StoredRecord;
    expect({ key, value: String(value), headers, timestampMs }).toEqual({
      ...{ key: 'key-4', value: 'value-4', headers: { ce_id: 'id-4' } },
      timestampMs: 1_700_000_000_004,
    });
    expect(passed).toEqual({ done: 300n, all: 300n });
  });

  it('is read to its end where that is the mark of a Kafka transaction', async () => {
    const opened = await open();
    const committed = await opened.transaction();
    await committed.send({ topic: opened.topic, messages: [message('one'), message('two')] });
    await committed.commit();
    const aborted = await opened.transaction();
    await aborted.send({ topic: opened.topic, messages: [message('never'), message('was')] });
    await aborted.abort();
    await vi.waitFor(async () => expect((await readAll(opened)).spans[0]?.end).toBe(6n));
    const { values, passed } = await readAll(opened);
    expect(values).toEqual(['one', 'two']);
    expect(passed).toEqual({ done: 6n, all: 6n });
  });

  it('ends before what is not committed yet', async () => {
    const opened = await open();
    await opened.producer.send({ topic: opened.topic, messages: [message('plain')] });
    const running = await opened.transaction();
    await running.send({ topic: opened.topic, messages: [message('not yet')] });
    await opened.producer.send({ topic: opened.topic, messages: [message('behind it')] });
    expect((await readAll(opened)).values).toEqual(['plain']);
    await running.commit();
    const all = ['plain', 'not yet', 'behind it'];
    await vi.waitFor(async () => expect((await readAll(opened)).values).toEqual(all));
  });

  it('has gaps where it was compacted, and begins where its oldest records are gone', async () => {
    const compact = { 'cleanup.policy': 'compact', 'min.cleanable.dirty.ratio': '0.01' };
    const entries = Object.entries({ ...compact, 'segment.ms': '1' });
    const opened = await open({
      configEntries: entries.map(([name, value]) => ({ name, value })),
    });
    const { topic, producer, admin } = opened;
    for (let i = 0; i < 5; i++) await producer.send({ topic, messages: [message(String(i))] });
    const isCompacted = async (): Promise<void> => {
      await producer.send({ topic, messages: [message('last')] }); // begins a segment
      expect((await readAll(opened)).values).not.toContain('3');
    };
    await vi.waitFor(isCompacted, { timeout: 50_000, interval: 1000 });
    const { records, passed } = await readAll(opened);
    expect(records[0]?.offset).toBeGreaterThan(3n);
    expect(passed.done).toBe(passed.all);
    await admin.alterConfigs({
      validateOnly: false,
      resources: [
        {
          ...{ type: 2, name: topic },
          configEntries: [{ name: 'cleanup.policy', value: 'compact,delete' }],
        },
      ],
    });
    await admin.fetchTopicOffsets(topic); // kafkajs finds no leader without having looked
    const place = { partition: 0, offset: String(records[0]?.offset) };
    await admin.deleteTopicRecords({ topic, partitions: [place] });
    expect((await readAll(opened)).spans[0]?.begin).toBe(records[0]?.offset);
  });

  it('goes on where the oldest record is now, when some are deleted while it is read', async () => {
    const opened = await open();
    const { topic, producer, admin, history } = opened;
    await producer.send({ topic, messages: ['a', 'b', 'c'].map(message) });
    const asked = (await history.spans(topic)) as readonly PartitionSpan[];
    await admin.fetchTopicOffsets(topic); // kafkajs finds no leader without having looked
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '2' }] });
    const seen: string[] = [];
    await history.read(topic, asked, (records) => {
      seen.push(...records.map(({ value }) => String(value)));
    });
    expect(seen).toEqual(['c']);
  });

  it('begins at the first record that is not older than a time', async () => {
    const opened = await open({ numPartitions: 2 });
    const messages = [10, 20, 30].map((ms) => ({
      partition: 0,
      value: `${ms}`,
      timestamp: `${ms}`,
    }));
    await opened.producer.send({ topic: opened.topic, messages });
    expect((await readAll(opened, 20)).values).toEqual(['20', '30']);
    expect((await readAll(opened, 31)).spans).toEqual([
      { partition: 0, begin: 3n, end: 3n },
      { partition: 1, begin: 0n, end: 0n },
    ]);
  });

  it('is read in part where a part is asked for, and stops when it is told to', async () => {
    const opened = await open();
    const { topic, producer, history } = opened;
    await producer.send({ topic, messages: ['a', 'b', 'c', 'd'].map(message) });
    const seen: string[] = [];
    const take = (records: readonly StoredRecord[]): void => {
      seen.push(...records.map(({ value }) => String(value)));
    };
    await history.read(topic, [{ partition: 0, begin: 1n, end: 3n }], take);
    expect(seen).toEqual(['b', 'c']);
    const reading = history.read(topic, [{ partition: 0, begin: 0n, end: 4n }], take, {
      signal: AbortSignal.abort(new Error('enough')),
    });
    await expect(reading).rejects.toThrow('enough');
  });

  it('goes on when its connection dies without a word, and gives each record once', async () => {
    const opened = await open({ numPartitions: 3 });
    const messages = [0, 1, 2].map((partition) => ({ partition, value: `of ${partition}` }));
    await opened.producer.send({ topic: opened.topic, messages });
    const sockets: Socket[] = [];
    const collect = (given: unknown): void => {
      sockets.push((given as { socket: Socket }).socket);
    };
    subscribe('net.client.socket', collect);
    onTestFinished(() => void unsubscribe('net.client.socket', collect));
    const seen: string[] = [];
    const spans = (await opened.history.spans(opened.topic)) ?? [];
    await opened.history.read(opened.topic, spans, (records) => {
      seen.push(...records.map(({ value }) => String(value)));
      if (seen.length === 1) for (const socket of sockets) socket.destroy();
    });
    expect(seen).toEqual(['of 0', 'of 1', 'of 2']);
  });

  it('is read where others wrote it packed', async () => {
    const opened = await open();
    const lines = Array.from({ length: 200 }, (_, i) => `line ${i}`);
    await produceLines(brokersForTests().join(','), opened.topic, lines, 'zstd');
    expect((await readAll(opened)).values).toEqual(lines);
  });

  it('leaves no group behind, and is none where there is no such topic', async () => {
    const opened = await open();
    const groupsOf = async () => (await opened.admin.listGroups()).groups.length;
    const before = await groupsOf();
    await opened.producer.send({ topic: opened.topic, messages: [message('x')] });
    await readAll(opened);
    expect(await groupsOf()).toBe(before);
    expect(await opened.history.spans(`${opened.topic}-not`)).toBeUndefined();
  });

  it('fails with the brokers named when none can be reached', async () => {
    const history = createKafkaHistory({ brokers: ['127.0.0.1:1'], log });
    await expect(history.spans('transactions')).rejects.toMatchObject({
      code: 'topic',
      message: expect.stringContaining('127.0.0.1:1'),
    });
    await history.close();
  });
});
