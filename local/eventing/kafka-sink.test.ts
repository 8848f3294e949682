import { request } from 'node:http';
import { CloudEvent, HTTP } from 'cloudevents';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '#shared/errors.ts';
import type { TopicRecord, TopicWriter } from '#shared/kafka/topic.ts';
import { createLog } from '#shared/log.ts';
import { type KafkaSink, startKafkaSink } from './kafka-sink.ts';

const HEADERS = { 'ce-specversion': '1.0', 'ce-id': '1', 'ce-source': '/s', 'ce-type': 't' };

const written: Array<TopicRecord & { topic: string }> = [];
let isKafkaAway = false;
const writer: TopicWriter = {
  async write(topic, records) {
    if (isKafkaAway) throw new AppError('topic', 'Kafka is away');
    written.push(...records.map((record) => ({ ...record, topic })));
  },
  problem: async () => undefined,
  close: async () => {},
};
let sink: KafkaSink;

beforeAll(async () => {
  sink = await startKafkaSink({
    writer,
    sinks: [
      { name: 'fraud', topic: 'fraud', contentMode: 'binary' },
      { name: 'fraud', namespace: 'other', topic: 'elsewhere' },
    ],
    log: createLog('kafka-sink-test', 'silent'),
  });
});
afterAll(() => sink.stop());

async function post(
  url: string,
  headers: Record<string, string> = HEADERS,
  body: string | Buffer<ArrayBuffer> = '{"a":1}',
): Promise<{ status: number; record: (TopicRecord & { topic: string }) | undefined }> {
  const before = written.length;
  const response = await fetch(url, { method: 'POST', headers, body });
  await response.text();
  return { status: response.status, record: written[before] };
}

describe('KafkaSink (facts 2)', () => {
  it('answers 202 when Kafka has acknowledged the event', async () => {
    const { status, record } = await post(sink.urlOf('fraud'));
    expect(status).toBe(202);
    expect(record?.topic).toBe('fraud');
  });

  it.each([
    ['the required attributes are missing', {}, '{}'],
    ['the id is missing', { ...HEADERS, 'ce-id': '' }, '{}'],
    ['the specversion is unknown', { ...HEADERS, 'ce-specversion': '9.9' }, '{}'],
    ['structured JSON is none', { 'content-type': 'application/cloudevents+json' }, '{"id":'],
  ])('answers 400 where it is not a CloudEvent: %s', async (_name, headers, body) => {
    const { status, record } = await post(sink.urlOf('fraud'), headers, body);
    expect(status).toBe(400);
    expect(record).toBeUndefined();
  });

  it('answers 503 when producing fails', async () => {
    isKafkaAway = true;
    const { status } = await post(sink.urlOf('fraud'));
    isKafkaAway = false;
    expect(status).toBe(503);
  });

  it('answers 404 for an unknown path', async () => {
    expect((await post(`${sink.url}/default/nothing`)).status).toBe(404);
    expect((await post(sink.url)).status).toBe(404);
  });

  it.each(['//', '//default/fraud', '///'])('answers 404 for the path %s', async (path) => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const { hostname, port } = new URL(sink.url);
      const asking = request({ hostname, port, path }, (response) =>
        resolve(response.resume().statusCode),
      );
      asking.on('error', reject);
      asking.end();
    });
    expect(status).toBe(404);
  });

  it('answers 405 for anything but POST', async () => {
    const response = await fetch(sink.urlOf('fraud'));
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('POST');
  });

  it('takes the record key from the extension partitionkey, and has none without', async () => {
    const keyed = await post(sink.urlOf('fraud'), { ...HEADERS, 'ce-partitionkey': '66:26' });
    expect(keyed.record?.key).toBe('66:26');
    expect((await post(sink.urlOf('fraud'))).record?.key).toBeNull();
  });

  it('writes attributes as ce_ headers in content mode binary, percent-decoded', async () => {
    const headers = { ...HEADERS, 'ce-subject': 'Zo%C3%AB', 'content-type': 'application/json' };
    const { record } = await post(sink.urlOf('fraud'), headers);
    expect(record?.headers).toEqual({
      ce_specversion: '1.0',
      ce_id: '1',
      ce_source: '/s',
      ce_type: 't',
      ce_subject: 'Zoë',
      'content-type': 'application/json',
    });
    expect(String(record?.value)).toBe('{"a":1}');
  });

  it('writes the whole event as value in content mode structured, which is the default', async () => {
    const { record } = await post(sink.urlOf('fraud', 'other'), {
      ...HEADERS,
      'content-type': 'application/json',
    });
    expect(record).toMatchObject({
      topic: 'elsewhere',
      headers: { 'content-type': 'application/cloudevents+json' },
    });
    expect(JSON.parse(String(record?.value))).toMatchObject({ id: '1', data: { a: 1 } });
  });

  it.each(['binary', 'structured'] as const)('takes what the SDK sends, %s', async (mode) => {
    const event = new CloudEvent({ id: '7', source: '/sdk', type: 't', data: { a: 1 } });
    const message = HTTP[mode](event);
    const headers = message.headers as Record<string, string>;
    const { status, record } = await post(sink.urlOf('fraud'), headers, message.body as string);
    expect(status).toBe(202);
    expect(record?.headers).toMatchObject({ ce_id: '7', ce_source: '/sdk' });
    expect(JSON.parse(String(record?.value))).toEqual({ a: 1 });
  });

  it('takes an event of 1 MiB and refuses a larger one', async () => {
    const largest = Buffer.alloc(1024 * 1024, 'x');
    expect((await post(sink.urlOf('fraud'), HEADERS, largest)).status).toBe(202);
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const sending = request(
        sink.urlOf('fraud'),
        { method: 'POST', headers: HEADERS },
        (response) => resolve(response.resume().statusCode),
      );
      sending.on('error', reject);
      sending.end(Buffer.alloc(1024 * 1024 + 1, 'x'));
    });
    expect(status).toBe(400);
  });

  it('counts what it accepted, refused and failed to write', () => {
    const { accepted, refused, failed } = sink.stats();
    expect(accepted).toBeGreaterThan(0);
    expect(refused).toBeGreaterThan(0);
    expect(failed).toBe(1);
  });
});
