import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { frauds, outgoingTransactions } from './arbitrary-transaction.ts';
import { DECODE_LIMITS, decodeTransactions } from './decode-transactions.ts';
import { encodeFraud } from './fraud-event.ts';
import { encodeTransactionRequest } from './transaction-event.ts';

const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true, strictTypes: false });
for (const name of ['transaction', 'fraud']) {
  const url = new URL(`../../docs/schemas/${name}.v1.schema.json`, import.meta.url);
  ajv.addSchema(JSON.parse(readFileSync(url, 'utf8')));
}

/** The complaints of the schema that the event itself names. */
function complaints(message: { headers: Record<string, string>; body: string }): unknown {
  const validate = ajv.getSchema(message.headers['ce-dataschema'] as string);
  if (validate === undefined) return 'no such schema';
  return validate(JSON.parse(message.body)) ? [] : validate.errors;
}

test('every transaction event passes the schema that it names (W4)', () => {
  fc.assert(
    fc.property(outgoingTransactions, (transaction) => {
      expect(complaints(encodeTransactionRequest(transaction))).toEqual([]);
    }),
  );
});

test('every fraud event passes the schema that it names (W4)', () => {
  fc.assert(
    fc.property(frauds, (fraud) => {
      expect(complaints(encodeFraud(fraud))).toEqual([]);
    }),
  );
});

const good = { timestamp: '2026-11-22T10:00:00Z', origin: '66', target: '26', amount: '7810' };

test.each([
  ['as it should be', {}, true],
  ['a number for an amount', { amount: 7810.1 }, true],
  ['another currency', { currency: 'EUR' }, true],
  ['no amount', { amount: undefined }, false],
  ['a negative amount', { amount: '-1' }, false],
  ['a negative number', { amount: -1 }, false],
  ['three decimals', { amount: '1.001' }, false],
  ['no origin', { origin: '' }, false],
  ['an account with ;', { target: 'a;b' }, false],
  ['65 characters', { target: 'x'.repeat(65) }, false],
  ['a control character', { target: 'a\u0000' }, false],
  ['a local time', { timestamp: '2026-11-22T10:00:00' }, false],
  ['a currency in lower case', { currency: 'usd' }, false],
])('schema and decoder agree on a transaction with %s (W4, S1)', (_, change, isGood) => {
  const body = JSON.stringify({ ...good, ...change });
  const headers = { 'content-type': 'application/json' };
  const decode = (): unknown =>
    decodeTransactions(headers, Buffer.from(body), {
      limits: { ...DECODE_LIMITS, maxFutureMs: 0 },
      nowMs: 0,
      makeId: () => 'made',
    });
  const validate = ajv.getSchema('urn:splitwatch:schema:transaction.v1');
  expect(validate?.(JSON.parse(body))).toBe(isGood);
  if (isGood) expect(decode).not.toThrow();
  else expect(decode).toThrow(expect.objectContaining({ code: 'invalid' }));
});
