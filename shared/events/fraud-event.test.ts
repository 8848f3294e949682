import { HTTP } from 'cloudevents';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Fraud } from '#shared/domain/fraud.ts';
import { frauds } from './arbitrary-transaction.ts';
import { decodeFraud, encodeFraud, FRAUD_DATA_MAX_BYTES, fraudToJson } from './fraud-event.ts';

const T0 = Date.parse('2026-11-22T10:00:00.000Z');

const sample: Fraud = {
  alertId: 'abc123',
  sequence: 1,
  rule: { id: 'pair-total', version: 1 },
  pair: { origin: '66', target: '26', currency: 'USD' },
  firstTimeMs: T0,
  lastTimeMs: T0 + 60_000,
  totalMinor: 1_161_200n,
  thresholdMinor: 1_000_000,
  windowMs: 600_000,
  transactionCount: 2,
  truncated: false,
  transactions: [
    { id: '/g#1', eventTimeMs: T0, amountMinor: 517_500 },
    { id: '/g#2', eventTimeMs: T0 + 60_000, amountMinor: 643_700 },
  ],
};

test('writes the data of W2 to the letter', () => {
  expect(JSON.parse(encodeFraud(sample).body)).toEqual({
    alertId: 'abc123',
    sequence: 1,
    rule: { id: 'pair-total', version: 1 },
    pair: { origin: '66', target: '26', currency: 'USD' },
    firstTimestamp: '2026-11-22T10:00:00.000Z',
    lastTimestamp: '2026-11-22T10:01:00.000Z',
    total: '11612.00',
    threshold: '10000.00',
    windowMs: 600_000,
    transactionCount: 2,
    truncated: false,
    transactions: [
      { id: '/g#1', timestamp: '2026-11-22T10:00:00.000Z', amount: '5175.00' },
      { id: '/g#2', timestamp: '2026-11-22T10:01:00.000Z', amount: '6437.00' },
    ],
  });
});

test('writes the attributes of W2, and the same bytes each time (O3)', () => {
  const { headers } = encodeFraud(sample);
  expect(headers).toEqual({
    'content-type': 'application/json',
    'ce-specversion': '1.0',
    'ce-id': 'abc123/1',
    'ce-source': '/splitwatch/score',
    'ce-type': 'io.splitwatch.fraud.v1',
    'ce-time': '2026-11-22T10:01:00.000Z',
    'ce-subject': '66:26',
    'ce-partitionkey': '66:26',
    'ce-sequence': '1',
    'ce-dataschema': 'urn:splitwatch:schema:fraud.v1',
  });
  expect(encodeFraud(sample)).toEqual(encodeFraud(sample));
});

test('sets the extensions of K_CE_OVERRIDES, percent-encoded (facts 2)', () => {
  expect(encodeFraud(sample, { team: 'röd' }).headers['ce-team']).toBe('r%C3%B6d');
});

test('is an event that the SDK decodes and finds valid (W2)', () => {
  const event = HTTP.toEvent(encodeFraud(sample)) as unknown as { validate(): boolean };
  expect(event.validate()).toBe(true);
  expect(event).toMatchObject({ id: 'abc123/1', subject: '66:26', data: fraudToJson(sample) });
});

test('comes back as it was from binary and from structured mode, hostile accounts too (W2)', () => {
  fc.assert(
    fc.property(frauds, (fraud) => {
      const { headers, body } = encodeFraud(fraud);
      expect(decodeFraud(headers, body)).toEqual(fraud);
      const structured = {
        specversion: '1.0',
        id: `${fraud.alertId}/${fraud.sequence}`,
        source: '/splitwatch/score',
        type: 'io.splitwatch.fraud.v1',
        data: JSON.parse(body),
      };
      const contentType = { 'content-type': 'application/cloudevents+json; charset=UTF-8' };
      expect(decodeFraud(contentType, Buffer.from(JSON.stringify(structured)))).toEqual(fraud);
    }),
  );
});

test('keeps within what a record may hold, newest members first (D6, facts 2)', () => {
  const id = 'x'.repeat(2_000);
  const transactions = Array.from({ length: 1000 }, (_, i) => ({
    id: `${id}${i}`,
    eventTimeMs: T0 + i,
    amountMinor: 1,
  }));
  const { headers, body } = encodeFraud({ ...sample, transactionCount: 1000, transactions });
  expect(Buffer.byteLength(body)).toBeLessThanOrEqual(FRAUD_DATA_MAX_BYTES);
  const data = JSON.parse(body) as { truncated: boolean; transactions: { id: string }[] };
  expect(data.truncated).toBe(true);
  expect(data.transactions.at(-1)?.id).toBe(`${id}999`);
  expect(data.transactions.length).toBeGreaterThan(400);
  expect(() => decodeFraud(headers, body)).not.toThrow();
});

const refused: [name: string, change: Record<string, unknown>, field: string][] = [
  ['no alert id', { alertId: '' }, 'alertId'],
  ['an alert id with a line break', { alertId: 'a\nb' }, 'alertId'],
  ['another alert id than the event’s', { alertId: 'other' }, 'id'],
  ['sequence 0', { sequence: 0 }, 'sequence'],
  ['a sequence that is text', { sequence: '1' }, 'sequence'],
  ['a fraction for a sequence', { sequence: 1.5 }, 'sequence'],
  ['no rule', { rule: null }, 'rule'],
  ['no pair', { pair: [] }, 'pair'],
  ['an account with ;', { pair: { origin: 'a;b', target: 'c', currency: 'USD' } }, 'pair.origin'],
  ['no currency', { pair: { origin: 'a', target: 'c' } }, 'pair.currency'],
  ['a total in scientific notation', { total: '1e9' }, 'total'],
  ['a total that is a number', { total: 11612 }, 'total'],
  ['a local time', { firstTimestamp: '2026-11-22T10:00:00' }, 'firstTimestamp'],
  ['transactions that are no array', { transactions: {} }, 'transactions'],
  ['a count below what is listed', { transactionCount: 1 }, 'transactionCount'],
  ['truncated that is not said', { transactionCount: 3 }, 'truncated'],
  ['a negative amount', { threshold: '-1.00' }, 'threshold'],
];

test.each(refused)('refuses a fraud event with %s (W2)', (_, change, field) => {
  const { headers, body } = encodeFraud(sample);
  const changed = JSON.stringify({ ...JSON.parse(body), ...change });
  expect(() => decodeFraud(headers, changed)).toThrow(
    expect.objectContaining({ code: 'invalid', field }),
  );
});

test('refuses a transaction where a fraud event is expected (W2)', () => {
  const { headers, body } = encodeFraud(sample);
  const changed = { ...headers, 'ce-type': 'io.splitwatch.transaction.v1' };
  expect(() => decodeFraud(changed, body)).toThrow(
    expect.objectContaining({ code: 'malformed', field: 'type' }),
  );
});

test('refuses more members than a fraud event may list (D6)', () => {
  const { headers, body } = encodeFraud(sample);
  const data = JSON.parse(body) as { transactions: unknown[] };
  const transactions = new Array(1001).fill(data.transactions[0]);
  const changed = JSON.stringify({ ...data, transactions, transactionCount: 1001 });
  expect(() => decodeFraud(headers, changed)).toThrow('at most 1000');
});
