import { HTTP, Kafka } from 'cloudevents';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { transactionId } from '#shared/domain/transaction.ts';
import { outgoingTransactions } from './arbitrary-transaction.ts';
import { DECODE_LIMITS, decodeTransactions } from './decode-transactions.ts';
import { encodeHeaderValue } from './header-value.ts';
import {
  encodeTransactionRecord,
  encodeTransactionRequest,
  type OutgoingTransaction,
} from './transaction-event.ts';

const options = {
  limits: { ...DECODE_LIMITS, maxFutureMs: 0 },
  nowMs: 0,
  makeId: () => 'made',
};

const sample: OutgoingTransaction = {
  source: '/splitwatch/generate',
  eventId: 'e-1',
  eventTimeMs: Date.parse('2026-11-22T10:00:00.000Z'),
  origin: '66',
  target: '26',
  amountMinor: 781_000,
  currency: 'USD',
};

function decodedOf({ source, eventId, ...fields }: OutgoingTransaction) {
  const transaction = { id: transactionId(source, eventId), ...fields };
  return { kind: 'one', transaction, isPlain: false };
}

test('writes the data of W1 to the letter', () => {
  expect(encodeTransactionRequest(sample).body).toBe(
    '{"timestamp":"2026-11-22T10:00:00.000Z","origin":"66","target":"26","amount":"7810.00","currency":"USD"}',
  );
});

test('writes a Kafka record with key ORIGIN:TARGET and ce_ headers (W1)', () => {
  const record = encodeTransactionRecord({ ...sample, origin: 'a:b', target: 'é' });
  expect(record.key).toBe('a%3Ab:%C3%A9');
  expect(record.headers).toEqual({
    'content-type': 'application/json',
    ce_specversion: '1.0',
    ce_id: 'e-1',
    ce_source: '/splitwatch/generate',
    ce_type: 'io.splitwatch.transaction.v1',
    ce_time: '2026-11-22T10:00:00.000Z',
    ce_subject: 'a%3Ab:%C3%A9',
    ce_partitionkey: 'a%3Ab:%C3%A9',
    ce_dataschema: 'urn:splitwatch:schema:transaction.v1',
  });
});

test('leaves the record its time of writing, whatever the event time', () => {
  expect(encodeTransactionRecord(sample)).not.toHaveProperty('timestampMs');
});

test('is decoded from its own HTTP request, whatever the accounts and ids (W1, S4)', () => {
  fc.assert(
    fc.property(outgoingTransactions, (transaction) => {
      const { headers, body } = encodeTransactionRequest(transaction);
      const decoded = decodeTransactions(headers, Buffer.from(body), options);
      expect(decoded).toEqual(decodedOf(transaction));
    }),
  );
});

test('is decoded after KafkaSource has made a request of its record (W1, facts 1)', () => {
  fc.assert(
    fc.property(outgoingTransactions, (transaction) => {
      const record = encodeTransactionRecord(transaction);
      const headers: Record<string, string> = { 'ce-knativekafkapartition': '0' };
      for (const [name, value] of Object.entries(record.headers)) {
        headers[name.replace('ce_', 'ce-')] = encodeHeaderValue(value);
      }
      headers['content-type'] = record.headers['content-type'] as string;
      const decoded = decodeTransactions(headers, record.value as Buffer, options);
      expect(decoded).toEqual(decodedOf(transaction));
    }),
  );
});

test('is an event that the SDK decodes and finds valid, from HTTP and from Kafka (W1)', () => {
  const { headers, body } = encodeTransactionRequest(sample);
  const record = encodeTransactionRecord(sample);
  const fromHttp = HTTP.toEvent({ headers, body });
  const fromKafka = Kafka.toEvent({
    key: record.key as string,
    value: (record.value as Buffer).toString(),
    headers: { ...record.headers },
    body: undefined,
  } as Parameters<typeof Kafka.toEvent>[0]);
  for (const event of [fromHttp, fromKafka].flat()) {
    expect((event as unknown as { validate(): boolean }).validate()).toBe(true);
    expect(event).toMatchObject({
      specversion: '1.0',
      id: 'e-1',
      source: '/splitwatch/generate',
      type: 'io.splitwatch.transaction.v1',
      subject: '66:26',
      partitionkey: '66:26',
      data: { origin: '66', target: '26', amount: '7810.00', currency: 'USD' },
    });
  }
});
