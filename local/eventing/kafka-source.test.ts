import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createLog } from '#shared/log.ts';
import { createEmbeddedLog, type EmbeddedLog } from '../embedded-log.ts';
import type { DeliverySpec } from './delivery.ts';
import { type KafkaSourceOptions, startKafkaSource } from './kafka-source.ts';
import { type MoodySink, startMoodySink } from './moody-sink.ts';

const log = createLog('kafka-source-test', 'silent');
const QUICK = { retry: 3, backoffDelay: 'PT0.005S', timeout: 'PT0.25S' } satisfies DeliverySpec;

async function sinkWith(moods: Parameters<typeof startMoodySink>[0]): Promise<MoodySink> {
  const sink = await startMoodySink(moods);
  onTestFinished(() => sink.close());
  return sink;
}

async function logWith(values: readonly string[], partitions = 1): Promise<EmbeddedLog> {
  const topics = createEmbeddedLog({ partitions });
  await topics.write(
    't',
    values.map((value) => ({ key: value, value: Buffer.from(value), headers: {} })),
  );
  return topics;
}

async function start(
  options: Pick<KafkaSourceOptions, 'reader' | 'sinkUrl'> & Partial<KafkaSourceOptions>,
) {
  const source = await startKafkaSource({
    topic: 't',
    group: 'g',
    delivery: QUICK,
    log,
    ...options,
  });
  onTestFinished(() => source.stop());
  return source;
}

const bodies = (sink: MoodySink): string[] => sink.requests.map(({ body }) => body.toString());
const numbers = (count: number): string[] => Array.from({ length: count }, (_, i) => String(i));

describe('KafkaSource delivers (facts 1)', () => {
  it('makes one POST for each record, in binary mode, never a batch', async () => {
    const sink = await sinkWith([204]);
    const source = await start({ reader: await logWith(['a', 'b']), sinkUrl: `${sink.url}/in` });
    await vi.waitFor(async () => expect(await source.stats()).toMatchObject({ delivered: 2 }));
    expect(bodies(sink).sort()).toEqual(['a', 'b']);
    expect(sink.requests[0]).toMatchObject({
      method: 'POST',
      path: '/in',
      headers: { prefer: 'reply', 'kn-namespace': 'default', 'ce-specversion': '1.0' },
    });
  });

  it('ignores replies', async () => {
    const reply = { 'ce-id': '1', 'ce-specversion': '1.0', 'ce-type': 't', 'ce-source': '/' };
    const sink = await sinkWith([{ status: 200, headers: reply, body: 'an event' }]);
    const source = await start({ reader: await logWith(['a']), sinkUrl: sink.url });
    await vi.waitFor(async () => expect(await source.stats()).toMatchObject({ delivered: 1 }));
    expect(sink.requests).toHaveLength(1);
  });

  it('tries again after each status that asks for it, until one is below 300', async () => {
    const sink = await sinkWith([503, 404, 429, 202]);
    const source = await start({ reader: await logWith(['a']), sinkUrl: sink.url });
    await vi.waitFor(async () =>
      expect(await source.stats()).toMatchObject({ delivered: 1, retried: 3, lost: 0 }),
    );
  });

  it.each(['cut', 'reset', 'hang'] as const)(
    'tries again after an answer that is %s',
    async (mood) => {
      const sink = await sinkWith([mood, 204]);
      const source = await start({ reader: await logWith(['a']), sinkUrl: sink.url });
      await vi.waitFor(async () =>
        expect(await source.stats()).toMatchObject({ delivered: 1, retried: 1 }),
      );
    },
  );

  it('tries again while nobody listens', async () => {
    const gone = await startMoodySink([204]);
    gone.close();
    const source = await start({ reader: await logWith(['a']), sinkUrl: gone.url });
    await vi.waitFor(async () =>
      expect(await source.stats()).toMatchObject({ retried: 3, lost: 1 }),
    );
  });

  it('does not read Retry-After', async () => {
    const sink = await sinkWith([{ status: 429, headers: { 'retry-after': '3600' } }, 204]);
    const source = await start({ reader: await logWith(['a']), sinkUrl: sink.url });
    await vi.waitFor(async () => expect(await source.stats()).toMatchObject({ delivered: 1 }));
  });

  it('asks for the address anew for each request, so that processes share the work', async () => {
    const sinks = [await sinkWith([204]), await sinkWith([204])];
    let turn = 0;
    const sinkUrl = () => (sinks[turn++ % 2] as MoodySink).url;
    const source = await start({ reader: await logWith(numbers(10)), sinkUrl });
    await vi.waitFor(async () => expect(await source.stats()).toMatchObject({ delivered: 10 }));
    expect(sinks.map(({ requests }) => requests.length)).toEqual([5, 5]);
  });
});

describe('KafkaSource gives up (facts 1, L4)', () => {
  it('sends to the dead-letter sink at once what is refused for good', async () => {
    const sink = await sinkWith([{ status: 422, headers: { 'kne-reason': 'late' }, body: 'old' }]);
    const letters = await sinkWith([202]);
    const delivery = { ...QUICK, deadLetterSink: { uri: letters.url } };
    const source = await start({ reader: await logWith(['a']), sinkUrl: sink.url, delivery });
    await vi.waitFor(async () => expect(await source.stats()).toMatchObject({ deadLettered: 1 }));
    expect(sink.requests).toHaveLength(1);
    expect(letters.requests[0]?.body.toString()).toBe('a');
    expect(letters.requests[0]?.headers).toMatchObject({
      'ce-knativeerrorcode': '422',
      'ce-knativeerrordest': sink.url,
      'ce-knativeerrordata': Buffer.from('old').toString('base64'),
      'ce-reason': 'late',
    });
  });

  it('sends to the dead-letter sink what is still refused after the last retry', async () => {
    const sink = await sinkWith([500]);
    const letters = await sinkWith([202]);
    const delivery = { ...QUICK, deadLetterSink: { uri: letters.url } };
    const source = await start({ reader: await logWith(['a']), sinkUrl: sink.url, delivery });
    await vi.waitFor(async () => expect(await source.stats()).toMatchObject({ deadLettered: 1 }));
    expect(sink.requests).toHaveLength(4);
  });

  it('retries the dead-letter sink by the same rules', async () => {
    const sink = await sinkWith([400]);
    const letters = await sinkWith([503, 'cut', 202]);
    const delivery = { ...QUICK, deadLetterSink: { uri: letters.url } };
    const source = await start({ reader: await logWith(['a']), sinkUrl: sink.url, delivery });
    await vi.waitFor(async () =>
      expect(await source.stats()).toMatchObject({ deadLettered: 1, retried: 2, lost: 0 }),
    );
  });

  it.each([
    ['without a dead-letter sink', undefined],
    ['when that fails too', 500],
  ])('loses the record, commits past it and says LOST, %s', async (_name, mood) => {
    const sink = await sinkWith([400]);
    const letters = mood && { deadLetterSink: { uri: (await sinkWith([mood])).url } };
    const error = vi.fn();
    const loud = Object.assign(Object.create(log), { error });
    const reader = await logWith(['a']);
    const delivery = { ...QUICK, ...letters };
    const source = await start({ reader, sinkUrl: sink.url, delivery, log: loud });
    await vi.waitFor(async () => expect(await source.stats()).toMatchObject({ lost: 1 }));
    await source.stop();
    expect((await source.stats()).lag).toBe(0);
    expect(error.mock.calls[0]?.[1]).toContain('LOST');
  });

  it('has no retries with a delivery block that names only a dead-letter sink', async () => {
    const sink = await sinkWith([503]);
    const letters = await sinkWith([202]);
    const delivery = { deadLetterSink: { uri: letters.url } };
    const source = await start({ reader: await logWith(['a']), sinkUrl: sink.url, delivery });
    await vi.waitFor(async () => expect(await source.stats()).toMatchObject({ deadLettered: 1 }));
    expect(sink.requests).toHaveLength(1);
  });
});

describe('KafkaSource keeps order (facts 1)', () => {
  it('has one request in flight for each partition, in offset order, when ordered', async () => {
    const moods = (body: string, attempt: number) => (body === '3' && attempt < 3 ? 503 : 204);
    const sink = await sinkWith(moods);
    const source = await start({
      reader: await logWith(numbers(8)),
      sinkUrl: sink.url,
      ordering: 'ordered',
    });
    await vi.waitFor(async () => expect(await source.stats()).toMatchObject({ delivered: 8 }));
    expect(bodies(sink)).toEqual(['0', '1', '2', '3', '3', '3', '4', '5', '6', '7']);
    expect(sink.inFlightMax).toBe(1);
  });

  it('goes on with other partitions while one is held up, when ordered', async () => {
    const sink = await sinkWith((body) => (body === '0' ? 503 : 204));
    const delivery = { ...QUICK, retry: 1000 };
    const reader = await logWith(numbers(60), 3);
    const ordering = 'ordered';
    const source = await start({ reader, sinkUrl: sink.url, ordering, delivery });
    await vi.waitFor(async () => expect((await source.stats()).delivered).toBeGreaterThan(20));
  });

  it('has many in flight, up to the bound, when unordered', async () => {
    const gate = Promise.withResolvers<number>();
    const sink = await sinkWith(() => gate.promise);
    const reader = await logWith(numbers(50));
    const delivery = { ...QUICK, timeout: 'PT10S' };
    const source = await start({ reader, sinkUrl: sink.url, maxInFlight: 7, delivery });
    await vi.waitFor(() => expect(sink.requests).toHaveLength(7));
    expect(await source.stats()).toMatchObject({ inFlight: 7 });
    gate.resolve(204);
    await vi.waitFor(async () => expect(await source.stats()).toMatchObject({ delivered: 50 }));
    expect(sink.inFlightMax).toBe(7);
  });

  it('takes no more than the bound beyond a record that is held up', async () => {
    const gate = Promise.withResolvers<number>();
    const sink = await sinkWith((body) => (body === '0' ? gate.promise : 204));
    const reader = await logWith(numbers(100));
    const delivery = { ...QUICK, timeout: 'PT10S' };
    const source = await start({ reader, sinkUrl: sink.url, maxUncommitted: 20, delivery });
    await vi.waitFor(() => expect(sink.requests).toHaveLength(20));
    gate.resolve(204);
    await vi.waitFor(async () => expect(await source.stats()).toMatchObject({ delivered: 100 }));
    expect(bodies(sink).indexOf('0')).toBe(0);
  });
});

describe('KafkaSource commits (facts 1, L2)', () => {
  it('only offsets whose records, and all before them, are settled', async () => {
    const gate = Promise.withResolvers<number>();
    const sink = await sinkWith((body) => (body === '2' ? gate.promise : 204));
    const delivery = { ...QUICK, timeout: 'PT10S' };
    const reader = await logWith(numbers(10));
    const source = await start({ reader, sinkUrl: sink.url, delivery, commitIntervalMs: 5 });
    await vi.waitFor(async () =>
      expect(await source.stats()).toMatchObject({ delivered: 9, committed: { 0: 2n }, lag: 8 }),
    );
    gate.resolve(204);
    await vi.waitFor(async () =>
      expect(await source.stats()).toMatchObject({ committed: { 0: 10n }, lag: 0 }),
    );
  });

  it('after a dead letter too', async () => {
    const sink = await sinkWith([422]);
    const delivery = { ...QUICK, deadLetterSink: { uri: (await sinkWith([202])).url } };
    const reader = await logWith(['a']);
    const source = await start({ reader, sinkUrl: sink.url, delivery, commitIntervalMs: 5 });
    await vi.waitFor(async () => expect(await source.stats()).toMatchObject({ lag: 0 }));
  });

  it('at a clean stop, after waiting for what is in flight', async () => {
    const gate = Promise.withResolvers<number>();
    const sink = await sinkWith(() => gate.promise);
    const delivery = { ...QUICK, timeout: 'PT10S' };
    const source = await start({ reader: await logWith(numbers(5)), sinkUrl: sink.url, delivery });
    await vi.waitFor(() => expect(sink.requests).toHaveLength(5));
    const stopping = source.stop();
    gate.resolve(204);
    await stopping;
    expect(await source.stats()).toMatchObject({ delivered: 5, inFlight: 0, lag: 0 });
    expect(await source.stats()).toMatchObject({ committed: { 0: 5n } });
  });

  it('nothing that waits for a retry when it stops: the next source delivers it', async () => {
    const reader = await logWith(['a', 'b']);
    const busy = await sinkWith((body) => (body === 'b' ? 503 : 204));
    const delivery = { retry: 10, backoffDelay: 'PT600S', timeout: 'PT1S' };
    const first = await start({ reader, sinkUrl: busy.url, delivery });
    await vi.waitFor(async () =>
      expect(await first.stats()).toMatchObject({ delivered: 1, retried: 1 }),
    );
    await first.stop();
    const sink = await sinkWith([204]);
    const second = await start({ reader, sinkUrl: sink.url });
    await vi.waitFor(async () => expect(await second.stats()).toMatchObject({ delivered: 1 }));
    expect(bodies(sink)).toEqual(['b']);
  });

  it('begins at the earliest record unless told otherwise', async () => {
    const sink = await sinkWith([204]);
    const reader = await logWith(['before']);
    const latest = await start({ reader, sinkUrl: sink.url, initialOffset: 'latest', group: 'l' });
    await reader.write('t', [{ key: null, value: Buffer.from('after'), headers: {} }]);
    await vi.waitFor(async () => expect(await latest.stats()).toMatchObject({ delivered: 1 }));
    expect(bodies(sink)).toEqual(['after']);
    const earliest = await start({ reader, sinkUrl: sink.url });
    await vi.waitFor(async () => expect(await earliest.stats()).toMatchObject({ delivered: 2 }));
  });
});
