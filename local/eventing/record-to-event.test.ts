import { describe, expect, it } from 'vitest';
import type { StoredRecord } from '#shared/kafka/topic.ts';
import { eventToPost, recordToEvent } from './record-to-event.ts';

const SOURCE = { namespace: 'bank', name: 'transactions-to-score' };
const RECORD: StoredRecord = {
  topic: 'transactions',
  partition: 3,
  offset: 41n,
  key: '66:26',
  value: Buffer.from('Sunday, 23-Jul-17 01:06:47 UTC;66;26;7810'),
  headers: {},
  timestampMs: Date.UTC(2017, 6, 23, 1, 6, 47),
};
const CE = { ce_specversion: '1.0', ce_id: 'a-1', ce_source: '/bank', ce_type: 'x.v1' };

describe('a plain record (facts 1)', () => {
  const { attributes, contentType, data } = recordToEvent(RECORD, SOURCE);

  it('becomes an event of type dev.knative.kafka.event', () => {
    expect(attributes).toMatchObject({ specversion: '1.0', type: 'dev.knative.kafka.event' });
  });

  it('has the id partition:P/offset:O, without the topic', () => {
    expect(attributes.id).toBe('partition:3/offset:41');
  });

  it('has the source /apis/v1/namespaces/NS/kafkasources/NAME#TOPIC', () => {
    expect(attributes.source).toBe(
      '/apis/v1/namespaces/bank/kafkasources/transactions-to-score#transactions',
    );
  });

  it('has the subject partition:P#O', () => {
    expect(attributes.subject).toBe('partition:3#41');
  });

  it("has the record's timestamp as its time", () => {
    expect(attributes.time).toBe('2017-07-23T01:06:47.000Z');
  });

  it.each([-9e15, 9e15, Number.NaN, Date.UTC(10_000, 0, 1)])(
    'has no time where its timestamp %d is none that RFC 3339 can tell',
    (timestampMs) => {
      const event = recordToEvent({ ...RECORD, timestampMs }, SOURCE);
      expect(event.attributes).not.toHaveProperty('time');
    },
  );

  it('has the record key as extensions key and partitionkey', () => {
    expect(attributes).toMatchObject({ key: '66:26', partitionkey: '66:26' });
  });

  it('has neither where the record has no key', () => {
    const event = recordToEvent({ ...RECORD, key: null }, SOURCE);
    expect(event.attributes).not.toHaveProperty('key');
    expect(event.attributes).not.toHaveProperty('partitionkey');
  });

  it('has a content type only if the record has one', () => {
    expect(contentType).toBeUndefined();
    const headers = { 'content-type': 'text/csv' };
    expect(recordToEvent({ ...RECORD, headers }, SOURCE).contentType).toBe('text/csv');
  });

  it('has other headers as kafkaheader<name>, of which only a–z and 0–9 are kept', () => {
    const headers = { 'X-Trace_Id': 'abc', b3: '1' };
    expect(recordToEvent({ ...RECORD, headers }, SOURCE).attributes).toMatchObject({
      kafkaheaderxtraceid: 'abc',
      kafkaheaderb3: '1',
    });
  });

  it("has the record's value as its data, and a tombstone none", () => {
    expect(data).toEqual(RECORD.value);
    expect(recordToEvent({ ...RECORD, value: null }, SOURCE).data).toHaveLength(0);
  });
});

describe('every event (facts 1)', () => {
  it.each([
    ['plain', RECORD],
    ['binary', { ...RECORD, headers: CE }],
  ])('carries partition and offset: %s', (_name, record) => {
    expect(recordToEvent(record, SOURCE).attributes).toMatchObject({
      knativekafkapartition: '3',
      knativekafkaoffset: '41',
    });
  });
});

describe('a record that is a CloudEvent (facts 1)', () => {
  it('passes with its own attributes when binary', () => {
    const headers = { ...CE, ce_partitionkey: 'k', 'content-type': 'application/json', other: 'x' };
    const event = recordToEvent({ ...RECORD, headers }, SOURCE);
    expect(event.attributes).toEqual({
      specversion: '1.0',
      id: 'a-1',
      source: '/bank',
      type: 'x.v1',
      partitionkey: 'k',
      knativekafkapartition: '3',
      knativekafkaoffset: '41',
    });
    expect(event.contentType).toBe('application/json');
    expect(event.data).toEqual(RECORD.value);
  });

  it('passes with its own attributes when structured', () => {
    const value = Buffer.from(
      '{"specversion":"1.0","id":"a-1","source":"/bank","type":"x.v1","sequence":7,"data":{"a":1}}',
    );
    const headers = { 'content-type': 'application/cloudevents+json; charset=UTF-8' };
    const event = recordToEvent({ ...RECORD, value, headers }, SOURCE);
    expect(event.attributes).toMatchObject({ id: 'a-1', source: '/bank', sequence: '7' });
    expect(event.contentType).toBe('application/json');
    expect(String(event.data)).toBe('{"a":1}');
  });

  it.each([
    ['a required attribute is missing', { ...CE, ce_id: '' }],
    ['its specversion is unknown', { ...CE, ce_specversion: '9.9' }],
    ['an attribute has a name that none may have', { ...CE, 'ce_evil\r\nname': 'x' }],
    ['its JSON is none', { 'content-type': 'application/cloudevents+json' }],
  ])('is taken for a plain one where %s', (_name, headers) => {
    expect(recordToEvent({ ...RECORD, headers }, SOURCE).attributes.type).toBe(
      'dev.knative.kafka.event',
    );
  });
});

describe('the POST (facts 1)', () => {
  it('is in binary mode, with Prefer: reply and Kn-Namespace', () => {
    const { headers, body } = eventToPost(recordToEvent(RECORD, SOURCE), 'bank');
    expect(headers).toMatchObject({
      prefer: 'reply',
      'kn-namespace': 'bank',
      'ce-id': 'partition:3/offset:41',
      'ce-knativekafkapartition': '3',
      'ce-knativekafkaoffset': '41',
    });
    expect(headers).not.toHaveProperty('content-type');
    expect(body).toEqual(RECORD.value);
  });

  it('is in binary mode also where the record was structured', () => {
    const value = Buffer.from('{"specversion":"1.0","id":"1","source":"/b","type":"t","data":1}');
    const headers = { 'content-type': 'application/cloudevents+json' };
    const post = eventToPost(recordToEvent({ ...RECORD, value, headers }, SOURCE), 'bank');
    expect(post.headers).toMatchObject({ 'ce-id': '1', 'content-type': 'application/json' });
    expect(String(post.body)).toBe('1');
  });

  it('percent-encodes header values, so that no record can forge a header', () => {
    const event = recordToEvent({ ...RECORD, key: 'Zoë\r\nkn-evil: 1' }, SOURCE);
    expect(eventToPost(event, 'bank').headers['ce-key']).toBe('Zo%C3%AB%0D%0Akn-evil:%201');
    const headers = { 'content-type': 'text/plain\r\nkn-evil: 1' };
    const { contentType, ...rest } = recordToEvent({ ...RECORD, headers }, SOURCE);
    const post = eventToPost({ ...rest, contentType }, 'bank');
    expect(post.headers['content-type']).not.toMatch(/[\r\n]/);
  });
});
