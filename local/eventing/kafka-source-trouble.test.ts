import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { AppError } from '#shared/errors.ts';
import type { StoredRecord, TopicReader } from '#shared/kafka/topic.ts';
import { createLog } from '#shared/log.ts';
import type { DeliverySpec } from './delivery.ts';
import { type KafkaSource, startKafkaSource } from './kafka-source.ts';
import { type MoodySink, startMoodySink } from './moody-sink.ts';

const log = createLog('kafka-source-test', 'silent');
const RECORD: StoredRecord = {
  ...{ topic: 't', partition: 0, offset: 0n, key: null, headers: {} },
  ...{ value: Buffer.from('a'), timestampMs: 0 },
};

/** Gives one record, and tells the lag as it is told to. */
function readerOf(record: StoredRecord, lag: () => Promise<number>): TopicReader {
  return {
    subscribe: async ({ onRecords }) => {
      const { signal } = new AbortController();
      const lease = { topic: 't', partition: 0, signal, commit: async () => {} };
      void onRecords(lease, [record]);
      return { lag, stop: async () => {} };
    },
  };
}

async function answering(status: number): Promise<MoodySink> {
  const sink = await startMoodySink([status]);
  onTestFinished(() => sink.close());
  return sink;
}

async function start(
  reader: TopicReader,
  sink: MoodySink,
  delivery: DeliverySpec,
): Promise<KafkaSource> {
  const source = await startKafkaSource({
    ...{ reader, topic: 't', group: 'g', sinkUrl: sink.url, delivery, log },
  });
  onTestFinished(() => source.stop());
  return source;
}

describe('KafkaSource and a record that it cannot make an event of (L4)', () => {
  const broken = {
    ...RECORD,
    get headers(): never {
      throw new Error('no such header'); // as a defect of the conversion would
    },
  };

  it('dead-letters it as it is, with the reason', async () => {
    const sink = await answering(204);
    const letters = await answering(202);
    const reader = readerOf(broken, async () => 0);
    const source = await start(reader, sink, { deadLetterSink: { uri: letters.url } });
    await vi.waitFor(async () =>
      expect(await source.stats()).toMatchObject({ deadLettered: 1, lost: 0, inFlight: 0 }),
    );
    expect(sink.requests).toEqual([]);
    expect(letters.requests[0]?.body.toString()).toBe('a');
    const reason = String(letters.requests[0]?.headers['ce-knativeerrordata']);
    expect(Buffer.from(reason, 'base64').toString()).toContain('no such header');
    await source.commit();
    expect(await source.stats()).toMatchObject({ committed: { 0: 1n } });
  });

  it('counts it as lost and goes on, without a dead-letter sink', async () => {
    const reader = readerOf(broken, async () => 0);
    const source = await start(reader, await answering(204), {});
    await vi.waitFor(async () =>
      expect(await source.stats()).toMatchObject({ lost: 1, inFlight: 0 }),
    );
  });

  it('delivers one whose timestamp is no date', async () => {
    const reader = readerOf({ ...RECORD, timestampMs: -9e15 }, async () => 0);
    const source = await start(reader, await answering(204), {});
    await vi.waitFor(async () => expect(await source.stats()).toMatchObject({ delivered: 1 }));
  });
});

describe('KafkaSource while Kafka is away', () => {
  it('tells what it has counted, without the lag', async () => {
    const away = new AppError('topic', 'Kafka is away');
    const reader = readerOf(RECORD, () => Promise.reject(away));
    const source = await start(reader, await answering(204), {});
    await vi.waitFor(async () =>
      expect(await source.stats()).toMatchObject({ delivered: 1, lag: undefined }),
    );
  });
});
