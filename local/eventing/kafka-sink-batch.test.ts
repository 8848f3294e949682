import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '#shared/errors.ts';
import { frauds } from '#shared/events/arbitrary-transaction.ts';
import { createBatchSink } from '#shared/http/batch-sink.ts';
import { createHttpSink } from '#shared/http/sink-client.ts';
import type { TopicRecord, TopicWriter } from '#shared/kafka/topic.ts';
import { createLog } from '#shared/log.ts';
import { type KafkaSink, startKafkaSink } from './kafka-sink.ts';

const writes: Array<readonly TopicRecord[]> = [];
let isKafkaAway = false;
const writer: TopicWriter = {
  async write(_topic, records) {
    if (isKafkaAway) throw new AppError('topic', 'Kafka is away');
    writes.push(records);
  },
  problem: async () => undefined,
  close: async () => {},
};
let sink: KafkaSink;

beforeAll(async () => {
  sink = await startKafkaSink({
    writer,
    sinks: [{ name: 'fraud', topic: 'fraud', contentMode: 'binary' }],
    log: createLog('kafka-sink-batch-test', 'silent'),
  });
});
afterAll(() => sink.stop());
beforeEach(() => {
  writes.length = 0;
});

const EVENT = { specversion: '1.0', id: '1', source: '/s', type: 't' };
const post = async (body: string, contentType = 'application/cloudevents-batch+json') => {
  const headers = { 'content-type': contentType };
  const response = await fetch(sink.urlOf('fraud'), { method: 'POST', headers, body });
  return { status: response.status, detail: await response.text() };
};

describe('KafkaSink and a batch', () => {
  it('answers 202 when Kafka has acknowledged all of it, written at once and in order', async () => {
    const before = sink.stats().accepted;
    const events = [
      { ...EVENT, partitionkey: 'k', data: { a: 1 } },
      { ...EVENT, id: '2' },
    ];
    const contentType = 'Application/CloudEvents-Batch+JSON; charset=utf-8';
    expect(await post(JSON.stringify(events), contentType)).toMatchObject({ status: 202 });
    expect(writes).toEqual([
      [
        {
          key: 'k',
          value: Buffer.from('{"a":1}'),
          headers: {
            ...{ ce_specversion: '1.0', ce_id: '1', ce_source: '/s', ce_type: 't' },
            ...{ ce_partitionkey: 'k', 'content-type': 'application/json' },
          },
        },
        expect.objectContaining({ key: null, headers: expect.objectContaining({ ce_id: '2' }) }),
      ],
    ]);
    expect(sink.stats().accepted).toBe(before + 2);
  });

  it('answers 503 when producing fails', async () => {
    isKafkaAway = true;
    const { status } = await post(JSON.stringify([EVENT]));
    isKafkaAway = false;
    expect(status).toBe(503);
  });

  it.each([
    ['{}', 'not an array of CloudEvents'],
    ['[', 'not an array of CloudEvents'],
    [JSON.stringify([EVENT, { ...EVENT, id: '' }]), 'item 1 is not a CloudEvent'],
    [JSON.stringify([EVENT, EVENT, 7]), 'item 2 is not a CloudEvent'],
  ])('answers 400 to %s, says which item is none, and writes nothing', async (body, detail) => {
    expect(await post(body)).toEqual({ status: 400, detail });
    expect(writes).toEqual([]);
  });

  it('writes of a fraud event the same record as of its own POST, whatever it holds', async () => {
    const options = { url: sink.urlOf('fraud'), timeoutMs: 5000, overrides: { team: 'röd' } };
    const [together, alone] = [createBatchSink(options), createHttpSink(options)];
    const some = fc.sample(frauds, 50);
    await Promise.all(some.map((fraud) => together.send(fraud)));
    const batched = writes.splice(0).flat();
    for (const fraud of some) await alone.send(fraud);
    const written = (records: readonly TopicRecord[]) =>
      records.map(({ key, value, headers }) => ({ key, headers, value: String(value) }));
    expect(written(batched)).toEqual(written(writes.flat()));
    together.close();
    alone.close();
  });
});
