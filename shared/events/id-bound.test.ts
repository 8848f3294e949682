import { expect, test } from 'vitest';
import type { Fraud } from '#shared/domain/fraud.ts';
import { transactionId } from '#shared/domain/transaction.ts';
import { DECODE_LIMITS, decodeTransactions } from './decode-transactions.ts';
import { TRANSACTION_ID_MAX_BYTES } from './event-types.ts';
import { decodeFraud, encodeFraud } from './fraud-event.ts';
import { encodeTransactionRequest } from './transaction-event.ts';

const NOW = Date.parse('2026-11-22T10:00:00.000Z');
const SOURCE = '/bank';

/** What score reads of a post whose event has this id, with the bound set as high as it goes. */
function readTransaction(eventId: string) {
  const { headers, body } = encodeTransactionRequest({
    ...{ source: SOURCE, eventId, eventTimeMs: NOW, origin: '66', target: '26' },
    ...{ amountMinor: 1_100_000, currency: 'USD' },
  });
  const decoded = decodeTransactions(headers, Buffer.from(body), {
    limits: { ...DECODE_LIMITS, maxIdBytes: TRANSACTION_ID_MAX_BYTES },
    nowMs: NOW,
    makeId: () => 'unused',
  });
  if (decoded.kind !== 'one') throw new Error('not one transaction');
  return decoded.transaction;
}

test.each([
  ['of single bytes', 'i'],
  ['of several bytes a character', '日'],
  ['of quotes, which JSON escapes', '"'],
])('an id of the largest size, %s, travels from score to notify', (_, character) => {
  const room = TRANSACTION_ID_MAX_BYTES - Buffer.byteLength(`${SOURCE}#`);
  const eventId = character.repeat(Math.floor(room / Buffer.byteLength(character)));
  const { id, eventTimeMs, amountMinor, ...pair } = readTransaction(eventId);
  expect(id).toBe(transactionId(SOURCE, eventId));
  const fraud: Fraud = {
    ...{ alertId: 'a', sequence: 1, rule: { id: 'pair-total', version: 1 }, pair },
    ...{ firstTimeMs: NOW, lastTimeMs: NOW, totalMinor: 1_100_000n, thresholdMinor: 1_000_000 },
    ...{ windowMs: 600_000, transactionCount: 1, truncated: false },
    transactions: [{ id, eventTimeMs, amountMinor }],
  };
  const { headers, body } = encodeFraud(fraud);
  expect(decodeFraud(headers, body)).toEqual(fraud);
});

test('an id above the largest size is refused at score’s door, not at notify’s', () => {
  expect(() => readTransaction('i'.repeat(TRANSACTION_ID_MAX_BYTES))).toThrow(
    `at most ${TRANSACTION_ID_MAX_BYTES} bytes`,
  );
});

test.each(['a\u0000', 'a\u0085', '\ud800', 'a\uffff', '\ufdd0', ''])(
  'a post may not have the id %j, which no CloudEvent may have (S3)',
  (id) => {
    const line = { timestamp: '2026-11-22T10:00:00Z', origin: '66', target: '26', amount: '1' };
    const options = { limits: DECODE_LIMITS, nowMs: NOW, makeId: () => 'unused' };
    const body = Buffer.from(JSON.stringify({ ...line, id }));
    expect(() => decodeTransactions({}, body, options)).toThrow(
      expect.objectContaining({ code: 'invalid', field: 'id' }),
    );
  },
);
