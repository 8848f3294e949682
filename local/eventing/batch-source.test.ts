import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createLog } from '#shared/log.ts';
import { startScore } from '../../functions/score/app-harness.ts';
import { createEmbeddedLog, type EmbeddedLog } from '../embedded-log.ts';
import type { DeliverySpec } from './delivery.ts';
import { type KafkaSourceOptions, startKafkaSource } from './kafka-source.ts';
import { type Mood, type MoodySink, startMoodySink } from './moody-sink.ts';

const log = createLog('batch-source-test', 'silent');
const QUICK = { retry: 3, backoffDelay: 'PT0.005S', timeout: 'PT5S' } satisfies DeliverySpec;
const BATCH = 'application/cloudevents-batch+json';

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
    ...{ topic: 't', group: 'g', delivery: QUICK, batch: {}, log },
    ...options,
  });
  onTestFinished(() => source.stop());
  return source;
}

/** What each request brought: the values of a batch, or the one of a record by itself. */
const valuesOf = (sink: MoodySink): string[][] =>
  sink.requests.map(({ headers, body }) =>
    headers['content-type'] === BATCH ? dataOf(body.toString()) : [body.toString()],
  );
const dataOf = (body: string): string[] =>
  body.startsWith('[') ? JSON.parse(body).map(({ data }: { data: string }) => data) : [body];
const numbers = (count: number): string[] => Array.from({ length: count }, (_, i) => `n${i}`);
const refusal = (status: number, reason: string) => ({ status, reason, detail: `a ${reason} one` });
/** A sink that refuses what is called so, and accepts the rest. */
const refusing =
  (name: string, problem = refusal(422, 'late')) =>
  (body: string): Mood => {
    const values = dataOf(body);
    if (!values.includes(name)) return 204;
    const items = values.map((value) => (value === name ? problem : { outcome: 'counted' }));
    return { status: 207, body: JSON.stringify(items) };
  };

describe('a source that posts batches', () => {
  it('posts what has come together, and asks for no body in return', async () => {
    const sink = await sinkWith([204]);
    const source = await start({ reader: await logWith(numbers(10)), sinkUrl: `${sink.url}/in` });
    await vi.waitFor(async () => expect(await source.stats()).toMatchObject({ delivered: 10 }));
    expect(valuesOf(sink)).toEqual([numbers(10)]);
    expect(sink.requests[0]).toMatchObject({
      path: '/in',
      headers: { 'content-type': BATCH, prefer: 'return=minimal', 'kn-namespace': 'default' },
    });
  });

  it('keeps a batch within its bounds of events and bytes', async () => {
    const sink = await sinkWith([200]);
    const values = numbers(5).map((name) => name.padEnd(1000, 'x'));
    const reader = await logWith(values);
    const few = await start({ reader, sinkUrl: sink.url, batch: { maxEvents: 2 } });
    await vi.waitFor(async () => expect(await few.stats()).toMatchObject({ delivered: 5 }));
    const sizes = (): number[] => valuesOf(sink).map(({ length }) => length);
    expect(sizes().sort()).toEqual([1, 2, 2]);
    const batch = { maxBytes: 8000 };
    const small = await start({ reader, sinkUrl: sink.url, group: 'h', batch });
    await vi.waitFor(async () => expect(await small.stats()).toMatchObject({ delivered: 5 }));
    expect(Math.max(...sink.requests.map(({ body }) => body.length))).toBeLessThanOrEqual(8000);
    expect(valuesOf(sink).slice(3).flat().sort()).toEqual(values);
  });

  it('posts by itself a record that is too large for any batch', async () => {
    const sink = await sinkWith([204]);
    const large = 'x'.repeat(2000);
    const reader = await logWith(['a', large, 'b']);
    const source = await start({ reader, sinkUrl: sink.url, batch: { maxBytes: 1000 } });
    await vi.waitFor(async () => expect(await source.stats()).toMatchObject({ delivered: 3 }));
    expect(sink.requests.map(({ headers }) => headers['ce-id'])).toContain('partition:0/offset:1');
  });

  it('has a few batches in flight, and gathers meanwhile', async () => {
    const gate = Promise.withResolvers<number>();
    const sink = await sinkWith(() => gate.promise);
    const batch = { maxEvents: 10, maxInFlight: 2 };
    const source = await start({ reader: await logWith(numbers(100)), sinkUrl: sink.url, batch });
    await vi.waitFor(() => expect(sink.requests).toHaveLength(2));
    gate.resolve(204);
    await vi.waitFor(async () => expect(await source.stats()).toMatchObject({ delivered: 100 }));
    expect(sink.inFlightMax).toBe(2);
  });

  it('has one batch of a partition in flight, in offset order, when ordered', async () => {
    let calls = 0;
    const sink = await sinkWith(() => (++calls === 2 ? 503 : 204));
    const reader = await logWith(numbers(30));
    const batch = { maxEvents: 10 };
    const source = await start({ reader, sinkUrl: sink.url, ordering: 'ordered', batch });
    await vi.waitFor(async () => expect(await source.stats()).toMatchObject({ delivered: 30 }));
    expect(sink.inFlightMax).toBe(1);
    const firsts = valuesOf(sink).map(([first]) => first);
    expect(firsts).toEqual(['n0', 'n10', 'n10', 'n20']);
  });
});

describe('a batch that is not simply taken', () => {
  it('goes again as a whole after 503, 429, and no whole answer', async () => {
    const sink = await sinkWith([503, 429, 'cut', 200]);
    const source = await start({ reader: await logWith(numbers(3)), sinkUrl: sink.url });
    await vi.waitFor(async () =>
      expect(await source.stats()).toMatchObject({ delivered: 3, retried: 3, lost: 0 }),
    );
    expect(valuesOf(sink)).toEqual(Array(4).fill(numbers(3)));
  });

  it('goes record by record when its tries are used up, each with tries of its own', async () => {
    const sink = await sinkWith((body, attempt) => {
      if (body.startsWith('[')) return 500;
      return body === 'n1' ? 503 : attempt < 3 ? 503 : 204;
    });
    const letters = await sinkWith([202]);
    const delivery = { ...QUICK, deadLetterSink: { uri: letters.url } };
    const source = await start({ reader: await logWith(numbers(3)), sinkUrl: sink.url, delivery });
    await vi.waitFor(async () =>
      expect(await source.stats()).toMatchObject({ delivered: 2, deadLettered: 1, lost: 0 }),
    );
    expect(letters.requests.map(({ body }) => body.toString())).toEqual(['n1']);
    await source.commit();
    expect(await source.stats()).toMatchObject({ lag: 0 });
  });

  it.each([400, 413])('goes in halves after %d, so that one record spoils no other', async (no) => {
    const sink = await sinkWith((body) => (dataOf(body).includes('n5') ? no : 204));
    const letters = await sinkWith([202]);
    const delivery = { ...QUICK, deadLetterSink: { uri: letters.url } };
    const reader = await logWith(numbers(16));
    const source = await start({ reader, sinkUrl: sink.url, delivery, ordering: 'ordered' });
    await vi.waitFor(async () =>
      expect(await source.stats()).toMatchObject({ delivered: 15, deadLettered: 1, lost: 0 }),
    );
    expect(letters.requests[0]?.body.toString()).toBe('n5');
    expect(letters.requests[0]?.headers['ce-knativeerrorcode']).toBe(String(no));
    expect(valuesOf(sink).map(({ length }) => length)).toEqual([16, 8, 4, 4, 2, 1, 1, 2, 8]);
  });

  it('goes record by record to a sink that takes no batches', async () => {
    const sink = await sinkWith((body) => (body.startsWith('[') ? 415 : 204));
    const source = await start({ reader: await logWith(numbers(5)), sinkUrl: sink.url });
    await vi.waitFor(async () => expect(await source.stats()).toMatchObject({ delivered: 5 }));
    expect(sink.requests).toHaveLength(6);
  });

  it('goes record by record after a 207 that does not tell of each item', async () => {
    for (const body of ['', '{}', '[]', '[{"outcome":"counted"}]']) {
      const answer = { status: 207, body };
      const sink = await sinkWith((text) => (text.startsWith('[') ? answer : 204));
      const source = await start({ reader: await logWith(numbers(2)), sinkUrl: sink.url });
      await vi.waitFor(async () => expect(await source.stats()).toMatchObject({ delivered: 2 }));
      expect(sink.requests).toHaveLength(3);
    }
  });
});

describe('an item that is refused (L4)', () => {
  it('goes to the dead-letter sink alone, the rest is settled', async () => {
    const sink = await sinkWith(refusing('n7'));
    const letters = await sinkWith([503, 202]);
    const delivery = { ...QUICK, deadLetterSink: { uri: letters.url } };
    const source = await start({ reader: await logWith(numbers(20)), sinkUrl: sink.url, delivery });
    await vi.waitFor(async () =>
      expect(await source.stats()).toMatchObject({ delivered: 19, deadLettered: 1, lost: 0 }),
    );
    expect(sink.requests).toHaveLength(1);
    expect(letters.requests[1]?.headers).toMatchObject({
      'ce-id': 'partition:0/offset:7',
      'ce-knativeerrorcode': '422',
      'ce-knativeerrordest': sink.url,
      'ce-reason': 'late',
      'ce-detail': 'a%20late%20one',
    });
    await source.commit();
    expect(await source.stats()).toMatchObject({ lag: 0, committed: { 0: 20n } });
  });

  it('is tried again by itself where the sink may take it later', async () => {
    const busy = refusing('n1', refusal(503, 'state'));
    const sink = await sinkWith((body) => (body.startsWith('[') ? busy(body) : 204));
    const source = await start({ reader: await logWith(numbers(3)), sinkUrl: sink.url });
    await vi.waitFor(async () =>
      expect(await source.stats()).toMatchObject({ delivered: 3, deadLettered: 0 }),
    );
    expect(valuesOf(sink)).toEqual([numbers(3), ['n1']]);
  });

  it('makes the same dead letter as a record that was posted by itself', async () => {
    const score = await startScore();
    onTestFinished(() => score.stop());
    const lines = ['nonsense', '{"origin":"1"}', '{"a":1,"a":2}', '{"b":[[]]}', '"', '\ufeff{}'];
    const good = '{"timestamp":"2026-11-22T10:00:00Z","origin":"1","target":"2","amount":"1"}';
    const reader = await logWith([...lines, good]);
    const lettersOf = async (batch: KafkaSourceOptions['batch'], group: string) => {
      const letters = await sinkWith([202]);
      const delivery = { ...QUICK, deadLetterSink: { uri: letters.url } };
      const options = { reader, sinkUrl: score.url, delivery, group, name: 'same' };
      const source = await start({ ...options, ...(batch && { batch }), ordering: 'ordered' });
      await vi.waitFor(async () =>
        expect(await source.stats()).toMatchObject({ delivered: 1, deadLettered: lines.length }),
      );
      return letters.requests.map(({ headers, body }) => {
        const { host: _host, ...others } = headers;
        return { ...others, body: body.toString() };
      });
    };
    const alone = await lettersOf(undefined, 'alone');
    expect(await lettersOf({}, 'together')).toEqual(alone);
  });
});

describe('a source of batches commits (L2)', () => {
  it('only what is before the first batch that is not settled', async () => {
    const gate = Promise.withResolvers<number>();
    const sink = await sinkWith((body) => (dataOf(body).includes('n12') ? gate.promise : 204));
    const reader = await logWith(numbers(40));
    const source = await start({ reader, sinkUrl: sink.url, batch: { maxEvents: 10 } });
    await vi.waitFor(async () => expect(await source.stats()).toMatchObject({ delivered: 30 }));
    await source.commit();
    expect(await source.stats()).toMatchObject({ committed: { 0: 10n }, inFlight: 10 });
    gate.resolve(204);
    await vi.waitFor(async () => expect(await source.stats()).toMatchObject({ delivered: 40 }));
    await source.commit();
    expect(await source.stats()).toMatchObject({ committed: { 0: 40n }, lag: 0, inFlight: 0 });
  });

  it('takes no more than the bound beyond a batch that is held up', async () => {
    const gate = Promise.withResolvers<number>();
    const sink = await sinkWith((body) => (dataOf(body).includes('n0') ? gate.promise : 204));
    const reader = await logWith(numbers(100));
    const options = { reader, sinkUrl: sink.url, batch: { maxEvents: 10 }, maxUncommitted: 30 };
    const source = await start(options);
    await vi.waitFor(() => expect(sink.requests).toHaveLength(3));
    gate.resolve(204);
    await vi.waitFor(async () => expect(await source.stats()).toMatchObject({ delivered: 100 }));
  });

  it('nothing that waits for a retry when it stops: the next source delivers it', async () => {
    const reader = await logWith(numbers(20));
    const busy = await sinkWith((body) => (dataOf(body).includes('n15') ? 503 : 204));
    const delivery = { retry: 10, backoffDelay: 'PT600S', timeout: 'PT1S' };
    const batch = { maxEvents: 10 };
    const first = await start({ reader, sinkUrl: busy.url, delivery, batch });
    await vi.waitFor(async () =>
      expect(await first.stats()).toMatchObject({ delivered: 10, retried: 1 }),
    );
    await first.stop();
    const sink = await sinkWith([204]);
    const second = await start({ reader, sinkUrl: sink.url });
    await vi.waitFor(async () => expect(await second.stats()).toMatchObject({ delivered: 10 }));
    expect(valuesOf(sink)).toEqual([numbers(20).slice(10)]);
  });

  it('lets other partitions go on while the batches of one wait for a retry', async () => {
    const stuck = numbers(200);
    const sink = await sinkWith((body) => (dataOf(body).includes('n0') ? 503 : 204));
    const reader = await logWith(stuck, 6);
    const delivery = { retry: 10, backoffDelay: 'PT600S', timeout: 'PT1S' };
    const batch = { maxInFlight: 1, maxEvents: 5 };
    const source = await start({ reader, sinkUrl: sink.url, delivery, batch });
    await vi.waitFor(async () => expect((await source.stats()).delivered).toBe(195));
  });
});
