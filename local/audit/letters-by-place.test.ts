import { expect, it } from 'vitest';
import type { StoredRecord } from '#shared/kafka/topic.ts';
import { letterOf } from '../dlq/letter.ts';
import { toDeadLetter } from '../eventing/dead-letter.ts';
import { eventToRecord } from '../eventing/event-to-record.ts';
import { recordToEvent } from '../eventing/record-to-event.ts';
import { byPlace } from './letters-by-place.ts';

/** The letter of a plain record at this place. */
function letter(partition: number, offset: bigint, writtenMs: number) {
  const record: StoredRecord = {
    ...{ topic: 'transactions', partition, offset, timestampMs: 1, key: null, headers: {} },
    value: Buffer.from('x'),
  };
  const event = recordToEvent(record, { namespace: 'pay', name: 'in' });
  const result = { kind: 'failure', reason: 'no answer' } as const;
  const written = eventToRecord(toDeadLetter(event, 'http://score/', result), 'binary');
  const place = { topic: 'transactions-dlq', partition: 0, offset, timestampMs: writtenMs };
  return { letter: letterOf({ ...written, ...place }), decision: undefined };
}

it('finds letters by the record that they came from, and the name of its source (L4)', () => {
  const { notes, source, sinceMs } = byPlace([letter(3, 41n, 70), letter(1, 2n, 60)], true);
  expect(notes.get(3)?.get(41)).toBe('undelivered (no answer), open');
  expect([...(notes.get(1)?.keys() ?? [])]).toEqual([2]);
  expect(source).toEqual({ namespace: 'pay', name: 'in' });
  expect(sinceMs).toBe(Number.NEGATIVE_INFINITY);
});

it('knows since when letters are known, where older ones were deleted', () => {
  expect(byPlace([letter(3, 41n, 70), letter(1, 2n, 60)], false).sinceMs).toBe(60);
});
