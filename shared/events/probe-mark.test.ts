import { expect, it } from 'vitest';
import { PROBE_ORIGIN } from '#shared/domain/probe.ts';
import { DECODE_LIMITS, decodeTransactions } from './decode-transactions.ts';
import { decodeFraud, encodeFraud } from './fraud-event.ts';
import { encodeTransactionRecord, encodeTransactionRequest } from './transaction-event.ts';

const PROBE = {
  ...{ source: '/deploy', eventId: '1', eventTimeMs: 0, amountMinor: 1, currency: 'USD' },
  ...{ origin: PROBE_ORIGIN, target: 'x', isProbe: true as const },
};
const options = { limits: DECODE_LIMITS, nowMs: 0, makeId: () => 'made' };

function decoded(headers: Record<string, string>, body: string) {
  const result = decodeTransactions(headers, Buffer.from(body), options);
  if (result.kind !== 'one') throw new Error('not one');
  return result.transaction;
}

it('a probe keeps its mark over HTTP and in Kafka', () => {
  const { headers, body } = encodeTransactionRequest(PROBE);
  expect(decoded(headers, body).isProbe).toBe(true);
  expect(encodeTransactionRecord(PROBE).headers.ce_probe).toBe('true');
});

it('a probe keeps its mark in structured mode', () => {
  const { body } = encodeTransactionRequest(PROBE);
  const event = { specversion: '1.0', id: '1', source: '/s', type: 't', probe: 'true' };
  const text = JSON.stringify({ ...event, data: JSON.parse(body) });
  expect(decoded({ 'content-type': 'application/cloudevents+json' }, text).isProbe).toBe(true);
});

it('a mark hides nothing that other accounts pay (P)', () => {
  const { headers, body } = encodeTransactionRequest({ ...PROBE, origin: '66' });
  expect(headers['ce-probe']).toBe('true');
  expect(decoded(headers, body)).not.toHaveProperty('isProbe');
});

it('the fraud event of a probe carries the mark, others do not', () => {
  const fraud = {
    ...{ alertId: 'a', sequence: 1, rule: { id: 'r', version: 1 } },
    pair: { origin: PROBE_ORIGIN, target: 'x', currency: 'USD' },
    ...{ firstTimeMs: 0, lastTimeMs: 0, totalMinor: 1n, thresholdMinor: 0, windowMs: 1 },
    ...{ transactionCount: 1, truncated: false },
    transactions: [{ id: 's#1', eventTimeMs: 0, amountMinor: 1 }],
  };
  const { headers, body } = encodeFraud({ ...fraud, isProbe: true });
  expect(headers['ce-probe']).toBe('true');
  expect(decodeFraud(headers, body)).toEqual({ ...fraud, isProbe: true });
  const plain = encodeFraud(fraud);
  expect(plain.headers).not.toHaveProperty('ce-probe');
  expect(decodeFraud(plain.headers, plain.body)).toEqual(fraud);
});
