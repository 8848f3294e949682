import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '#shared/errors.ts';
import { DECODE_LIMITS, decodeTransactions } from '#shared/events/decode-transactions.ts';
import type { StoredRecord } from '#shared/kafka/topic.ts';
import { EventTexts } from './event-texts.ts';
import { eventToPost, recordToEvent } from './record-to-event.ts';

const SOURCE = { namespace: 'bank', name: 'transactions-to-score' };
const RECORD: StoredRecord = {
  topic: 'transactions',
  partition: 3,
  offset: 41n,
  key: '66:26',
  value: Buffer.from(
    '{"timestamp":"2026-11-22T10:00:00Z","origin":"66","target":"26","amount":"1"}',
  ),
  headers: {},
  timestampMs: Date.UTC(2017, 6, 23, 1, 6, 47),
};
const CE = { ce_specversion: '1.0', ce_id: 'a-1', ce_source: '/bank', ce_type: 'x.v1' };
const JSON_TYPE = { 'content-type': 'application/json' };

const texts = new EventTexts(SOURCE, RECORD);
const membersOf = (record: StoredRecord): Record<string, unknown> =>
  JSON.parse(texts.textOf(record) as string);

describe('the text of a record in a batch', () => {
  it('has the attributes that KafkaSource gives a plain record (facts 1)', () => {
    const { attributes } = recordToEvent(RECORD, SOURCE);
    const { data, ...members } = membersOf(RECORD);
    expect(members).toEqual(attributes);
    expect(data).toMatchObject({ origin: '66' });
  });

  it('keeps the attributes of a record that is a CloudEvent, binary or structured', () => {
    const event = { specversion: '1.0', id: 'a-1', source: '/bank', type: 'x.v1' };
    const place = { knativekafkapartition: '3', knativekafkaoffset: '41' };
    const binary = { ...CE, ce_trace: 'zürich "7"', ...JSON_TYPE };
    expect(membersOf({ ...RECORD, headers: binary })).toMatchObject({
      ...{ ...event, ...place, trace: 'zürich "7"', datacontenttype: 'application/json' },
      data: { origin: '66' },
    });
    const value = Buffer.from(JSON.stringify({ ...event, data: { origin: '7' } }));
    const headers = { 'content-type': 'application/cloudevents+json' };
    expect(membersOf({ ...RECORD, value, headers })).toMatchObject({
      ...{ ...event, ...place, datacontenttype: 'application/json', data: { origin: '7' } },
    });
  });

  it.each([
    ['a flat object, as it stands', '{"a": 1e3, "b":"ü"}', undefined, '"data":{"a": 1e3, "b":"ü"}'],
    ['a line, as a string', 'a;"b"', undefined, '"data":"a;\\"b\\""'],
    ['text, as a string', 'a', 'text/plain', '"data":"a"'],
    ['what is nested, in base64', '{"a":[]}', 'application/json', '"data_base64":"eyJhIjpbXX0="'],
    ['what is not JSON, in base64', '{"a"', 'application/json', '"data_base64":"eyJhIg=="'],
    ['what it does not know, in base64', 'a', 'image/png', '"data_base64":"YQ=="'],
    ['nothing, in base64', '', undefined, '"data_base64":""'],
  ])('holds %s', (_what, value, contentType, expected) => {
    const headers = contentType === undefined ? RECORD.headers : { 'content-type': contentType };
    const text = texts.textOf({ ...RECORD, value: Buffer.from(value), headers });
    expect(text).toContain(expected);
  });

  it('is refused where an attribute would stand for the data', () => {
    expect(texts.textOf({ ...RECORD, headers: { ...CE, ce_data: 'x' } })).toBeUndefined();
    expect(
      texts.textOf({ ...RECORD, headers: { ...CE, ce_datacontenttype: 'x' } }),
    ).toBeUndefined();
  });

  it('tells score what the POST of the record alone would, whatever the record holds', () => {
    fc.assert(
      fc.property(anyRecord, (record) => {
        const text = texts.textOf(record);
        if (text === undefined) return;
        expect(read({ 'content-type': BATCH }, Buffer.from(`[${text}]`))).toEqual(
          readAlone(record),
        );
      }),
      { numRuns: 2000 },
    );
  });

  it('is never longer than the record makes it look', () => {
    fc.assert(
      fc.property(anyRecord, (record) => {
        const text = texts.textOf(record) ?? '';
        const bound = text.length + (record.value?.length ?? 0);
        expect(Buffer.byteLength(text)).toBeLessThanOrEqual(bound);
      }),
    );
  });
});

const BATCH = 'application/cloudevents-batch+json';

/** The transaction, or that it is refused: of two faults, each form tells the one that it meets. */
function read(headers: Record<string, string>, body: Buffer): unknown {
  const nowMs = Date.parse('2026-11-22T10:00:00Z');
  const options = { limits: DECODE_LIMITS, nowMs, makeId: () => 'made' };
  try {
    const decoded = decodeTransactions(headers, body, options);
    if (decoded.kind === 'one') return { item: decoded.transaction, place: decoded.place };
    const item = decoded.items[0];
    return { item: item instanceof AppError ? 'refused' : item, place: decoded.places[0] };
  } catch (error) {
    if (error instanceof AppError) return { item: 'refused' };
    throw error;
  }
}

function readAlone(record: StoredRecord): unknown {
  const { headers, body } = eventToPost(recordToEvent(record, SOURCE), SOURCE.namespace);
  const { item } = read(headers, body) as { item: unknown };
  // A batch names the place of each item, be it refused or not.
  return { item, place: { partition: record.partition, offset: Number(record.offset) } };
}

const text = fc.oneof(
  fc.constantFrom('66', 'Ü', '"', '\\', '\u0000', '\ufffd', '😀', '%41', '', ' ', '1.0', 'x'),
  fc.string({ unit: 'binary', maxLength: 8 }),
);
const aTransaction = fc.record(
  {
    timestamp: fc.constantFrom('2026-11-22T10:00:00Z', 1763805600000, null, 'then'),
    origin: text,
    target: text,
    amount: fc.constantFrom('1', '1.50', 7, 1e3, -1, 0.1, true, null),
    currency: fc.constantFrom('USD', 'EUR', 'no'),
    nested: fc.constantFrom({}, [], [[[1]]]),
  },
  { requiredKeys: ['timestamp', 'origin', 'target', 'amount'] },
);
const value = fc.oneof(
  aTransaction.map((transaction) => Buffer.from(JSON.stringify(transaction))),
  aTransaction.map((transaction) => Buffer.from(JSON.stringify(transaction, null, 1))),
  fc
    .constantFrom(
      ...['Sunday, 23-Jul-17 01:06:47 UTC;66;26;7810', '', '\ufeff{}', '{"a":1}', '"a"', '7', '[]'],
      ...['\ufeffSunday, 23-Jul-17 01:06:47 UTC;66;26;7810', '{', '{"a":"\\ud800"}', '\u0007'],
    )
    .map((line) => Buffer.from(line)),
  fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
  fc.constant(null),
);
const someHeaders = fc.oneof(
  fc.constant({}),
  fc.constantFrom(JSON_TYPE, { 'content-type': 'text/plain' }, { 'content-type': 'x' }),
  fc.record(
    {
      ce_specversion: fc.constantFrom('1.0', '1.0', '1.0', '0.3', '2'),
      ce_id: text,
      ce_source: text,
      ce_type: fc.constantFrom('x.v1', 'io.splitwatch.transaction.v1', 'io.splitwatch.fraud.v1'),
      ce_time: fc.constantFrom('2026-11-22T10:00:00Z', 'soon'),
      ce_probe: fc.constantFrom('true', 'false'),
      ce_Odd: text,
      ce_trace: text,
      ce_knativekafkaoffset: fc.constant('5'),
      trace: text,
      'content-type': fc.constantFrom(
        ...['application/json', 'application/json; charset=utf-8', 'text/plain', 'text/html', ''],
        ...['application/cloudevents+json', 'APPLICATION/JSON', 'a/b+json', 'text/plain;charset=x'],
      ),
    },
    { requiredKeys: ['ce_specversion', 'ce_id', 'ce_source', 'ce_type'] },
  ),
);
const anyRecord: fc.Arbitrary<StoredRecord> = fc.record({
  topic: fc.constant('transactions'),
  partition: fc.constant(3),
  offset: fc.bigInt({ min: 0n, max: 2n ** 53n - 1n }),
  key: fc.oneof(fc.constant(null), text),
  value,
  headers: someHeaders as fc.Arbitrary<Record<string, string>>,
  timestampMs: fc.oneof(fc.integer(), fc.constantFrom(-9e15, 9e15, 253_402_300_799_999, 0, 999)),
});
