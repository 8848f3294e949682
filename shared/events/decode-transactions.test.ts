import { CloudEvent, HTTP } from 'cloudevents';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { transactionId } from '#shared/domain/transaction.ts';
import { AppError } from '#shared/errors.ts';
import { outgoingTransactions } from './arbitrary-transaction.ts';
import { DECODE_LIMITS, type Decoded, decodeTransactions } from './decode-transactions.ts';
import type { EventHeaders } from './event-headers.ts';
import { encodeTransactionRequest } from './transaction-event.ts';

const NOW_MS = Date.parse('2026-11-22T10:00:00Z');
const SEED_MS = Date.parse('2017-07-23T01:06:47Z');
const SEED_LINE = 'Sunday, 23-Jul-17 01:06:47 UTC;66;26;7810';
const JSON_TEXT =
  '{"timestamp":"2017-07-23T01:06:47Z","origin":"66","target":"26","amount":"7810"}';
const BINARY = {
  'ce-specversion': '1.0',
  'ce-id': 'e-1',
  'ce-source': '/bank',
  'ce-type': 'io.splitwatch.transaction.v1',
};
const STRUCTURED = {
  specversion: '1.0',
  id: 'e-1',
  source: '/bank',
  type: 'io.splitwatch.transaction.v1',
};

function decode(headers: EventHeaders, body: string | Buffer, maxFutureMs = 300_000): Decoded {
  return decodeTransactions(headers, Buffer.from(body), {
    limits: { ...DECODE_LIMITS, maxFutureMs },
    nowMs: NOW_MS,
    makeId: () => 'made',
  });
}

const json = { 'content-type': 'application/json' };
const line = { 'content-type': 'text/plain' };
const structured = { 'content-type': 'application/cloudevents+json' };
const batch = { 'content-type': 'application/cloudevents-batch+json' };
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const event = (members: object): string => JSON.stringify({ ...STRUCTURED, ...members });

const FIELDS = {
  eventTimeMs: SEED_MS,
  origin: '66',
  target: '26',
  amountMinor: 781_000,
  currency: 'USD',
};

const forms: [name: string, headers: EventHeaders, body: string, id: string][] = [
  ['a seed line', line, SEED_LINE, '/splitwatch/post#made'],
  ['a seed line with a line feed', line, `${SEED_LINE}\n`, '/splitwatch/post#made'],
  ['a seed line with CR LF', line, `${SEED_LINE}\r\n`, '/splitwatch/post#made'],
  ['an RFC 3339 line', line, '2017-07-23T03:06:47+02:00;66;26;7810.00', '/splitwatch/post#made'],
  ['a line with a byte order mark', line, `\ufeff${SEED_LINE}`, '/splitwatch/post#made'],
  ['a line without content type', {}, SEED_LINE, '/splitwatch/post#made'],
  ['plain JSON', json, JSON_TEXT, '/splitwatch/post#made'],
  ['plain JSON without content type', {}, JSON_TEXT, '/splitwatch/post#made'],
  ['plain JSON with white space around it', json, ` \r\n${JSON_TEXT}\n`, '/splitwatch/post#made'],
  ['plain JSON with a byte order mark', json, `\ufeff${JSON_TEXT}`, '/splitwatch/post#made'],
  ['plain JSON with an id', json, JSON_TEXT.replace('{', '{"id":"7",'), '/splitwatch/post#7'],
  ['a binary event with JSON', { ...BINARY, ...json }, JSON_TEXT, '/bank#e-1'],
  ['a binary event with a line', { ...BINARY, ...line }, SEED_LINE, '/bank#e-1'],
  ['a binary event with JSON of no said type', BINARY, JSON_TEXT, '/bank#e-1'],
  ['a binary event with a line of no said type', BINARY, SEED_LINE, '/bank#e-1'],
  ['a structured event with JSON', structured, event({ data: JSON.parse(JSON_TEXT) }), '/bank#e-1'],
  [
    'a structured event that says JSON',
    structured,
    event({ datacontenttype: 'application/json', data: JSON.parse(JSON_TEXT) }),
    '/bank#e-1',
  ],
  [
    'a structured event with a line',
    structured,
    event({ datacontenttype: 'text/plain', data: SEED_LINE }),
    '/bank#e-1',
  ],
  ['a structured event, line unsaid', structured, event({ data: SEED_LINE }), '/bank#e-1'],
  [
    'a structured event with base64 JSON',
    structured,
    event({ datacontenttype: 'application/json', data_base64: base64(JSON_TEXT) }),
    '/bank#e-1',
  ],
  [
    'a structured event with a base64 line',
    structured,
    event({ data_base64: base64(SEED_LINE) }),
    '/bank#e-1',
  ],
  [
    'a structured event in upper-case UTF-8',
    { 'content-type': 'application/cloudevents+json; charset=UTF-8' },
    event({ data: JSON.parse(JSON_TEXT) }),
    '/bank#e-1',
  ],
  [
    'a structured event with attributes that are null',
    structured,
    event({ data: JSON.parse(JSON_TEXT), data_base64: null, time: null, datacontenttype: null }),
    '/bank#e-1',
  ],
];

test.each(forms)('reads %s (S4)', (_, headers, body, id) => {
  const isPlain = !id.startsWith('/bank');
  expect(decode(headers, body)).toEqual({
    kind: 'one',
    transaction: { id, ...FIELDS },
    isPlain,
  });
});

test('reads a plain record as KafkaSource sends it (S4, facts 1)', () => {
  const headers = {
    'ce-specversion': '1.0',
    'ce-id': 'partition:3/offset:42',
    'ce-source': '/apis/v1/namespaces/default/kafkasources/transactions#transactions',
    'ce-type': 'dev.knative.kafka.event',
    'ce-subject': 'partition:3#42',
    'ce-time': '2026-11-22T09:59:59.123Z',
    'ce-key': 'caf\u00e9 100%',
    'ce-kafkaheaderfoo': 'bar',
    'ce-knativekafkapartition': '3',
    'ce-knativekafkaoffset': '42',
    prefer: 'reply',
  };
  const id = `${headers['ce-source']}#${headers['ce-id']}`;
  const place = { partition: 3, offset: 42 };
  expect(decode(headers, SEED_LINE)).toMatchObject({ transaction: { id, ...FIELDS }, place });
  const twice = { ...headers, 'ce-knativekafkaoffset': ['42', '43'] };
  expect(decode(twice, SEED_LINE)).toMatchObject({ transaction: { id }, place: undefined });
});

test('keeps two (source, id) apart that look alike when joined (S3)', () => {
  const id = (source: string, eventId: string): unknown =>
    decode({ ...BINARY, ...json, 'ce-source': source, 'ce-id': eventId }, JSON_TEXT);
  expect(id('/a', 'b#c')).not.toEqual(id('/a#b', 'c'));
});

const badForms: [name: string, headers: EventHeaders, body: string | Buffer, field: string][] = [
  ['an empty body', json, '', 'body'],
  ['an empty event', { ...BINARY, ...json }, '', 'body'],
  ['bytes that are not UTF-8', json, Buffer.from([0x7b, 0xff, 0x7d]), 'body'],
  ['an overlong UTF-8 form', line, Buffer.from([0xc0, 0xa0]), 'body'],
  ['JSON that is cut off', json, JSON_TEXT.slice(0, -1), 'body'],
  ['a JSON array', json, `[${JSON_TEXT}]`, 'data'],
  ['a JSON number', json, '7', 'data'],
  ['JSON null', json, 'null', 'data'],
  ['JSON text that holds a line', json, JSON.stringify(SEED_LINE), 'data'],
  ['a line of three fields', line, '2017-07-23T01:06:47Z;66;26', 'line'],
  ['a line of five fields', line, `${SEED_LINE};x`, 'line'],
  ['two lines', line, `${SEED_LINE}\n${SEED_LINE}`, 'line'],
  ['JSON nested too deep', json, `${'{"a":'.repeat(99)}1${'}'.repeat(99)}`, 'body'],
  ['a structured event that is an array', structured, '[]', 'event'],
  ['a structured event without data', structured, event({}), 'data'],
  [
    'a structured event with data twice',
    structured,
    event({ data: {}, data_base64: base64(JSON_TEXT) }),
    'data',
  ],
  ['base64 that is not', structured, event({ data_base64: 'a b' }), 'data_base64'],
  ['base64 without padding', structured, event({ data_base64: 'YQ' }), 'data_base64'],
  ['data of 0', structured, event({ data: 0 }), 'data'],
  [
    'text/plain data that is an object',
    structured,
    event({ datacontenttype: 'text/plain', data: {} }),
    'data',
  ],
  [
    'a datacontenttype of 1',
    structured,
    event({ datacontenttype: 1, data: {} }),
    'datacontenttype',
  ],
  ['an attribute name in upper case', structured, event({ Team: 'x', data: {} }), 'event'],
  [
    'an attribute named __proto__',
    structured,
    '{"__proto__":{"id":"x"},"specversion":"1.0"}',
    'event',
  ],
  ['an extension that is an object', structured, event({ team: { a: 1 }, data: {} }), 'team'],
  ['an extension that is an array', structured, event({ team: [], data: {} }), 'team'],
  ['an amount twice', json, JSON_TEXT.replace('{', '{"amount":"1",'), 'amount'],
  ['a source twice', structured, event({ data: {} }).replace('{', '{"source":"/a",'), 'source'],
  ['a number for an id', structured, event({ id: 7, data: {} }), 'id'],
  ['an id with a control character', structured, event({ id: 'a\u0000', data: {} }), 'id'],
  ['an id that is half a character', structured, '{"specversion":"1.0","id":"\\ud800"}', 'id'],
  ['a header name that is none', { ...BINARY, ...json, 'ce-a_b': 'x' }, JSON_TEXT, 'ce-'],
  ['an id of bad bytes', { ...BINARY, ...json, 'ce-id': '%C0%A0' }, JSON_TEXT, 'ce-id'],
  ['an id twice', { ...BINARY, ...json, 'ce-id': ['a', 'b'] }, JSON_TEXT, 'ce-id'],
  ['a content type twice', { 'content-type': ['a/b', 'c/d'] }, JSON_TEXT, 'content-type'],
  [
    'headers of which one is enough to be an event',
    { ...json, 'ce-foo': 'x' },
    JSON_TEXT,
    'ce-specversion',
  ],
  ['a batch that is an object', batch, event({ data: {} }), 'body'],
  ['a batch of arrays', batch, '[[]]', 'body'],
  ['a batch of texts', batch, '["a"]', 'body'],
  ['an empty batch body', batch, '', 'body'],
];

test.each(badForms)('refuses %s as malformed (H)', (_, headers, body, field) => {
  expect(() => decode(headers, body)).toThrow(
    expect.objectContaining({ code: 'malformed', field }),
  );
});

test('never takes a fraud event, or another type of ours, for a transaction (W1, W2)', () => {
  for (const type of ['io.splitwatch.fraud.v1', 'io.splitwatch.transaction.v2']) {
    expect(() => decode({ ...BINARY, ...json, 'ce-type': type }, JSON_TEXT)).toThrow(
      expect.objectContaining({ code: 'malformed', field: 'type' }),
    );
  }
});

test.each([
  ['application/x-www-form-urlencoded'],
  ['text/html'],
  ['application/xml'],
  ['application/cloudevents+xml'],
  ['application/cloudevents+avro'],
  ['application/json; charset=latin1'],
  ['application/octet-stream'],
  ['text/json'],
  ['*/*'],
])('refuses the content type %s (H)', (contentType) => {
  for (const headers of [{}, BINARY]) {
    expect(() => decode({ ...headers, 'content-type': contentType }, JSON_TEXT)).toThrow(
      expect.objectContaining({ code: 'mediatype', field: 'content-type' }),
    );
  }
});

test('refuses a time more than MAX_FUTURE_MS ahead, takes one exactly so far (S5)', () => {
  const at = (ms: number) => `${new Date(NOW_MS + ms).toISOString()};66;26;1`;
  expect(decode(line, at(300_000)).kind).toBe('one');
  expect(() => decode(line, at(300_001))).toThrow(
    expect.objectContaining({ code: 'future', field: 'timestamp' }),
  );
});

test('takes any time when MAX_FUTURE_MS is 0 (S5)', () => {
  expect(decode(line, '2999-01-01T00:00:00Z;66;26;1', 0).kind).toBe('one');
});

test('decodes what the SDK emits: binary, structured, batch (S4)', () => {
  fc.assert(
    fc.property(outgoingTransactions, (outgoing) => {
      const { source, eventId, ...fields } = outgoing;
      const data = JSON.parse(encodeTransactionRequest(outgoing).body);
      const type = 'io.splitwatch.transaction.v1';
      const sdkEvent = new CloudEvent({ id: eventId, source, type, data });
      const transaction = { id: transactionId(source, eventId), ...fields };
      const structuredMessage = HTTP.structured(sdkEvent);
      expect(
        decode(structuredMessage.headers as EventHeaders, structuredMessage.body as string, 0),
      ).toMatchObject({ transaction });
      const all = JSON.stringify([sdkEvent, sdkEvent]);
      expect(decode(batch, all, 0)).toMatchObject({ items: [transaction, transaction] });
      if (!/^[\x21-\x7e]+$/.test(eventId) || /["%]/.test(eventId)) return; // The SDK encodes none.
      const binary = HTTP.binary(sdkEvent);
      expect(decode(binary.headers as EventHeaders, binary.body as string, 0)).toMatchObject({
        transaction,
      });
    }),
  );
});

test('answers any bytes under any content type with a decision, never with a defect (H)', () => {
  const contentTypes = fc.constantFrom(json, line, structured, batch, {}, BINARY);
  const bodies = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.json(),
    fc.uint8Array().map((bytes) => Buffer.from(bytes)),
  );
  fc.assert(
    fc.property(contentTypes, bodies, (headers, body) => {
      try {
        decode(headers, body);
      } catch (error) {
        expect(error).toBeInstanceOf(AppError);
        expect((error as AppError).retryable).toBe(false);
      }
    }),
    { numRuns: 500 },
  );
});
