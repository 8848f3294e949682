import { Registry } from 'prom-client';
import { afterEach, describe, expect, test } from 'vitest';
import { AppError } from '#shared/errors.ts';
import { type Serving, serve } from '#shared/http/serve.ts';
import type { TopicRecord } from '#shared/kafka/topic.ts';
import { createLog } from '#shared/log.ts';
import { createGenerateApp, type GenerateAppParts } from './app.ts';

const TIME_MS = Date.UTC(2026, 10, 22, 10);
const LINE = 'Sunday, 23-Jul-17 01:06:47 UTC;66;26;7810';
const servings: Serving[] = [];

afterEach(async () => {
  for (const serving of servings.splice(0)) await serving.drain({ quietMs: 0 });
});

async function start(parts: Partial<GenerateAppParts> = {}) {
  const topics = new Map<string, TopicRecord[]>();
  const app = createGenerateApp({
    writer: {
      write: async (topic, records) => {
        topics.set(topic, [...(topics.get(topic) ?? []), ...records]);
      },
    },
    topic: 'transactions',
    labelsTopic: 'labels',
    log: createLog('generate-test', 'silent'),
    registry: new Registry(),
    clock: { nowMs: () => TIME_MS, sleep: async () => {} },
    makeId: () => 'made',
    ...parts,
  });
  const serving = await serve(app.listener, { port: 0, host: '127.0.0.1' });
  servings.push(serving);
  const post = async (path: string, body: unknown, headers: Record<string, string> = {}) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const type = { 'content-type': 'application/json', ...headers };
    const response = await fetch(serving.url + path, { method: 'POST', headers: type, body: text });
    return { response, status: response.status, json: (await response.json()) as never };
  };
  const recordsOf = (topic: string): readonly TopicRecord[] => topics.get(topic) ?? [];
  return { url: serving.url, post, recordsOf };
}

const json = { timestamp: '2026-11-22T10:00:00Z', origin: '66', target: '26', amount: '78.10' };
const event = (id: string, data: unknown) => ({
  ...{ specversion: '1.0', id, source: '/bank', type: 'com.example.transfer' },
  data,
});
const BATCH = { 'content-type': 'application/cloudevents-batch+json' };
const away = { write: () => Promise.reject(new AppError('topic', 'Kafka is away')) };

describe('POST /', () => {
  test('answers 200 with what was written, once it is in the topic, labels in theirs', async () => {
    const { post, recordsOf } = await start();
    const { status, json: summary } = await post('/', { count: 3000, seed: 5, plantedShare: 0.9 });
    expect(status).toBe(200);
    expect(summary).toMatchObject({
      written: 3000,
      seed: 5,
      labels: recordsOf('labels').length,
      firstTimestamp: '2026-11-22T10:00:00.000Z',
    });
    expect(recordsOf('transactions')).toHaveLength(3000);
    expect(recordsOf('transactions')[0]?.headers).toMatchObject({
      ce_type: 'io.splitwatch.transaction.v1',
    });
  });

  test('answers 422 with the field for what is out of bounds (H)', async () => {
    const { post, recordsOf } = await start({ limits: { maxCount: 10 } });
    const { status, response, json: problem } = await post('/', { count: 11 });
    expect(status).toBe(422);
    expect(response.headers.get('kne-reason')).toBe('invalid');
    expect(problem).toMatchObject({ reason: 'invalid', field: 'count' });
    expect(recordsOf('transactions')).toEqual([]);
  });

  test('answers 503 topic with Retry-After while Kafka is away (H)', async () => {
    const { post } = await start({ writer: away });
    const { status, response, json: problem } = await post('/', {});
    expect(status).toBe(503);
    expect(problem).toMatchObject({ reason: 'topic' });
    expect(response.headers.get('retry-after')).toBe('1');
  });

  test('answers 429 over the limit of requests that produce at once (H)', async () => {
    let open = (): void => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const begun = Promise.withResolvers<void>();
    const write = (): Promise<void> => {
      begun.resolve();
      return gate;
    };
    const { post } = await start({ writer: { write }, limits: { maxProducers: 1 } });
    const first = post('/', { count: 1 });
    await begun.promise;
    expect((await post('/', { count: 1 })).status).toBe(429);
    open();
    expect((await first).status).toBe(200);
    expect((await post('/', { count: 1 })).status).toBe(200);
  });

  test('ends with what was written when the function stops', async () => {
    const stopping = new AbortController();
    const writer = { write: async () => stopping.abort() };
    const { post } = await start({ writer, stopping: stopping.signal });
    const { status, json: summary } = await post('/', { count: 50_000 });
    expect(status).toBe(200);
    expect(summary).toMatchObject({ written: 500 });
  });
});

describe('POST /transactions', () => {
  test.each<[string, Record<string, string>, unknown, string]>([
    ['a line', { 'content-type': 'text/plain' }, LINE, '/splitwatch/post#made'],
    ['JSON', {}, json, '/splitwatch/post#made'],
    ['JSON with an id', {}, { ...json, id: 'a#%1' }, '/splitwatch/post#a%23%251'],
    [
      'a binary CloudEvent',
      { 'ce-specversion': '1.0', 'ce-id': '7', 'ce-source': '/bank#1', 'ce-type': 'x' },
      json,
      '/bank#1#7',
    ],
    [
      'a structured CloudEvent',
      { 'content-type': 'application/cloudevents+json' },
      event('8', json),
      '/bank#8',
    ],
  ])(
    'takes %s, writes W1 and answers 202 with the id (S3, S4)',
    async (_form, headers, body, id) => {
      const { post, recordsOf } = await start();
      const { status, json: answer } = await post('/transactions', body, headers);
      expect({ status, answer }).toEqual({ status: 202, answer: { transactionId: id } });
      const [record] = recordsOf('transactions');
      expect(record?.key).toBe('66:26');
      expect(record?.headers).toMatchObject({ ce_type: 'io.splitwatch.transaction.v1' });
      const [source, eventId] = [record?.headers.ce_source, record?.headers.ce_id];
      expect(`${source}#${eventId?.replaceAll('%', '%25').replaceAll('#', '%23')}`).toBe(id);
    },
  );

  test('takes a batch: 202 with the ids in order', async () => {
    const { post, recordsOf } = await start();
    const batch = [event('1', json), event('2', LINE)];
    const { status, json: answer } = await post('/transactions', batch, BATCH);
    expect(status).toBe(202);
    expect(answer).toEqual([{ transactionId: '/bank#1' }, { transactionId: '/bank#2' }]);
    expect(recordsOf('transactions').map((record) => record.headers.ce_id)).toEqual(['1', '2']);
  });

  test('answers 207 with a problem in the place of each refused item (H)', async () => {
    const { post, recordsOf } = await start();
    const batch = [event('1', json), event('2', { ...json, amount: '-1' })];
    const { status, json: answer } = await post('/transactions', batch, BATCH);
    expect(status).toBe(207);
    expect(answer).toMatchObject([
      { transactionId: '/bank#1' },
      { status: 422, reason: 'invalid', field: 'amount' },
    ]);
    expect(recordsOf('transactions')).toHaveLength(1);
  });

  test.each<[number, string, Record<string, string>, unknown]>([
    [400, 'malformed', {}, '{'],
    [400, 'malformed', { 'content-type': 'text/plain' }, 'one;two'],
    [413, 'toolarge', {}, { ...json, note: 'x'.repeat(70_000) }],
    [415, 'mediatype', { 'content-type': 'text/html' }, '<p>'],
    [415, 'mediatype', { 'content-encoding': 'gzip' }, json],
    [422, 'invalid', {}, { ...json, origin: 'a;b' }],
    [422, 'future', {}, { ...json, timestamp: '2026-11-22T10:06:00Z' }],
  ])(
    'answers %i %s, as score does, and writes nothing (H, S5)',
    async (status, reason, headers, body) => {
      const { post, recordsOf } = await start();
      const answer = await post('/transactions', body, headers);
      expect(answer.status).toBe(status);
      expect(answer.response.headers.get('content-type')).toBe('application/problem+json');
      expect(answer.response.headers.get('kne-reason')).toBe(reason);
      expect(answer.json).toMatchObject({ reason });
      expect(recordsOf('transactions')).toEqual([]);
    },
  );

  test('answers 503 topic while Kafka is away', async () => {
    const { post } = await start({ writer: away });
    expect((await post('/transactions', json)).status).toBe(503);
  });

  test('asks for the token, for posts alone (P)', async () => {
    const { post, url } = await start({ token: 'secret' });
    expect((await post('/transactions', json)).status).toBe(401);
    expect((await post('/', {}, { authorization: 'Bearer wrong' })).status).toBe(403);
    const right = { authorization: 'Bearer secret' };
    expect((await post('/transactions', json, right)).status).toBe(202);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });
});

describe('other routes', () => {
  test('say what this is, that it lives, whether it is ready, and what it counted', async () => {
    let reason: string | undefined;
    const { url, post } = await start({ notReadyReason: () => reason });
    expect(await (await fetch(url)).json()).toMatchObject({ name: 'splitwatch generate' });
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    reason = 'Kafka is away';
    expect(await (await fetch(`${url}/readyz`)).json()).toMatchObject({ reason });
    await post('/', { count: 10 });
    await post('/transactions', json);
    await post('/transactions', '{');
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).toContain('splitwatch_written_total{from="traffic"} 10');
    expect(metrics).toContain('splitwatch_written_total{from="post"} 1');
    expect(metrics).toContain('splitwatch_refusals_total{reason="malformed"} 1');
  });

  test('answer 404 and 405 with problems (H)', async () => {
    const { url } = await start();
    expect((await fetch(`${url}/nothing`)).status).toBe(404);
    const wrong = await fetch(`${url}/transactions`);
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'POST']);
    expect(wrong.headers.get('kne-reason')).toBe('method');
  });
});
