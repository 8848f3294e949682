import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '#shared/errors.ts';
import { problemHeaders, toProblem } from '#shared/http/problem.ts';
import type { StoredRecord, TopicRecord } from '#shared/kafka/topic.ts';
import { toDeadLetter } from '../eventing/dead-letter.ts';
import type { PostResult } from '../eventing/delivery.ts';
import { eventToRecord } from '../eventing/event-to-record.ts';
import { recordToEvent } from '../eventing/record-to-event.ts';
import { fromRequest, toBinaryRequest } from '../eventing/wire-event.ts';
import { cureOf, handlingOf } from './cures.ts';
import { letterOf } from './letter.ts';
import { originalRecord } from './original-record.ts';

const SOURCE = { namespace: 'default', name: 'transactions' };
const PLACE = { topic: 'transactions', partition: 3, offset: 41n, timestampMs: 1_700_000_000_000 };
const LETTER_PLACE = { topic: 'transactions-dlq', partition: 0, offset: 7n, timestampMs: 5 };

const EVENT: TopicRecord = {
  key: '66:26',
  value: Buffer.from('{"amount":"1e9"}'),
  headers: {
    ...{ ce_specversion: '1.0', ce_id: 'a#1', ce_source: '/bank', ce_type: 'x.y' },
    ...{ ce_partitionkey: '66:26', ce_traceparent: '00-ab-cd-01', 'content-type': 'text/plain' },
  },
};

/** The letter as delivery writes it: through KafkaSource, HTTP and KafkaSink. */
function deadLetter(
  record: TopicRecord,
  result: PostResult,
  contentMode: 'binary' | 'structured' = 'binary',
): StoredRecord {
  const event = recordToEvent({ ...record, ...PLACE }, SOURCE);
  const { headers, body } = toBinaryRequest(toDeadLetter(event, 'http://score/', result));
  const received = fromRequest(headers, body);
  if (received === undefined) throw new Error('KafkaSink refuses it');
  return { ...eventToRecord(received, contentMode), ...LETTER_PLACE };
}

function refusal(error: AppError): PostResult {
  const body = Buffer.from(JSON.stringify(toProblem(error)));
  const bodyHead = body.subarray(0, 1024);
  return { kind: 'answer', status: error.status, headers: problemHeaders(error), bodyHead };
}

const answer = (status: number, body = '', headers = {}): PostResult => ({
  ...{ kind: 'answer', status, headers, bodyHead: Buffer.from(body) },
});

const INVALID = new AppError('invalid', 'amount: expected a decimal', {
  ...{ field: 'amount', expected: 'a decimal' },
});

describe('a dead letter (L4)', () => {
  it('tells its reason, field and place', () => {
    expect(letterOf(deadLetter(EVENT, refusal(INVALID)))).toMatchObject({
      ...{ name: '0/7', from: '3/41', id: '/bank#a%231', url: 'http://score/' },
      ...{ field: 'amount', expected: 'a decimal', detail: 'amount: expected a decimal' },
      reason: { word: 'invalid', text: 'invalid', code: 'invalid' },
    });
  });

  it('tells them of an answer that was cut off, too', () => {
    const long = new AppError('invalid', `amount: expected ${'x'.repeat(1000)}`, {});
    expect(letterOf(deadLetter(EVENT, refusal(long)))).toMatchObject({ field: 'amount' });
  });

  it.each([
    ['undelivered (503 sink)', 'undelivered', refusal(new AppError('sink', 'away'))],
    ['undelivered (503 state)', 'undelivered', refusal(new AppError('state', 'away'))],
    ['undelivered (500 internal)', 'undelivered', refusal(new AppError('internal', 'a defect'))],
    ['undelivered (429 busy)', 'undelivered', refusal(new AppError('busy', 'too many'))],
    ['undelivered (502)', 'undelivered', answer(502, 'no healthy upstream')],
    ['undelivered (404)', 'undelivered', answer(404)],
    [
      'undelivered (no answer in time)',
      'undelivered',
      { kind: 'failure', reason: 'no answer in time' },
    ],
    ['refused (403)', 'refused', answer(403, 'RBAC: access denied')],
    ['refused (422 theirs)', 'refused', answer(422, '', { 'kne-reason': 'theirs' })],
    ['late', 'late', refusal(new AppError('late', 'timestamp: expected newer'))],
    ['refused (422 constructor)', 'refused', answer(422, '', { 'kne-reason': 'constructor' })],
  ] as const)('says %s', (text, word, result) => {
    expect(letterOf(deadLetter(EVENT, result)).reason).toMatchObject({ text, word });
  });

  it('is read in structured mode too', () => {
    expect(letterOf(deadLetter(EVENT, refusal(INVALID), 'structured'))).toMatchObject({
      ...{ id: '/bank#a%231', field: 'amount', reason: { word: 'invalid' } },
    });
  });

  it('is one even where somebody else wrote it, and nothing is sent of that', () => {
    const strange = { key: null, value: null, headers: { ce_id: 'x' }, ...LETTER_PLACE };
    const letter = letterOf(strange);
    expect(letter).toMatchObject({ name: '0/7', reason: { word: 'unknown' }, from: undefined });
    expect(originalRecord(letter)).toBeUndefined();
    expect(cureOf(letter)).toContain('did not write this');
  });

  it('is whatever its headers say', () => {
    const names = fc.constantFrom(
      ...['ce_id', 'ce_source', 'ce_type', 'ce_specversion', 'ce_reason', 'ce_detail'],
      ...['ce_knativeerrorcode', 'ce_knativeerrordata', 'ce_knativekafkaoffset', 'content-type'],
    );
    const unit = fc.nat(0x10ffff).map((point) => String.fromCodePoint(point));
    const headers = fc.dictionary(names, fc.oneof(fc.string({ unit }), fc.constant('1.0')));
    fc.assert(
      fc.property(headers, fc.uint8Array(), (given, bytes) => {
        const letter = letterOf({
          ...{ key: null, value: Buffer.from(bytes), headers: given, ...LETTER_PLACE },
        });
        expect(['send', 'assess', 'correct']).toContain(handlingOf(letter));
      }),
    );
  });
});

describe('what is sent again (O3, L4)', () => {
  const plain: TopicRecord = {
    ...{ key: 'k', value: Buffer.from('2017-07-23T01:06:47Z;66;26;7810'), headers: {} },
  };
  const structured: TopicRecord = {
    key: '66:26',
    value: Buffer.from(
      '{"specversion":"1.0","id":"1","source":"/b","type":"t","partitionkey":"66:26","data":{"a":1}}',
    ),
    headers: { 'content-type': 'application/cloudevents+json' },
  };

  it.each([
    ['a CloudEvent', EVENT],
    ['a structured one', structured],
    ['a plain record', plain],
  ])('is %s with its own id and bytes, wherever it stands then', (_what, record) => {
    for (const mode of ['binary', 'structured'] as const) {
      const letter = letterOf(deadLetter(record, refusal(INVALID), mode));
      const again = originalRecord(letter) as TopicRecord;
      expect(again.key).toBe(record.key);
      const before = recordToEvent({ ...record, ...PLACE }, SOURCE);
      const after = recordToEvent({ ...again, ...PLACE, offset: 999n }, SOURCE);
      expect(after).toEqual({
        ...before,
        attributes: { ...before.attributes, knativekafkaoffset: '999' },
      });
    }
  });

  it('keeps nothing of what delivery wrote onto the letter, and keeps the trace', () => {
    const stored = deadLetter(EVENT, refusal(INVALID));
    const headers = { ...stored.headers, traceparent: '00-12-34-01' };
    const again = originalRecord(letterOf({ ...stored, headers })) as TopicRecord;
    expect(again.headers).toEqual({ ...EVENT.headers, traceparent: '00-12-34-01' });
  });
});
