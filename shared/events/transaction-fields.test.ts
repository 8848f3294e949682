import { expect, test } from 'vitest';
import { AMOUNT_MAX_MINOR } from '#shared/domain/amount.ts';
import type { AppError } from '#shared/errors.ts';
import { DECODE_LIMITS, type Decoded, decodeTransactions } from './decode-transactions.ts';
import { readTransactionFields } from './transaction-fields.ts';

const DATA = { timestamp: '2017-07-23T01:06:47Z', origin: '66', target: '26', amount: '7810' };

function decode(body: string): Extract<Decoded, { kind: 'one' }> {
  const decoded = decodeTransactions({ 'content-type': 'application/json' }, Buffer.from(body), {
    limits: DECODE_LIMITS,
    nowMs: Date.parse('2026-11-22T10:00:00Z'),
    makeId: () => 'made',
  });
  if (decoded.kind !== 'one') throw new Error('not one transaction');
  return decoded;
}

const values: [name: string, change: Record<string, unknown>, field: string][] = [
  ['no timestamp', { timestamp: undefined }, 'timestamp'],
  ['a local time', { timestamp: '2017-07-23T01:06:47' }, 'timestamp'],
  ['a time before 1970', { timestamp: '1969-12-31T23:59:59Z' }, 'timestamp'],
  ['a time after 9999', { timestamp: '9999-12-31T23:59:59-01:00' }, 'timestamp'],
  ['epoch milliseconds', { timestamp: 1500772007000 }, 'timestamp'],
  ['no origin', { origin: undefined }, 'origin'],
  ['an empty origin', { origin: '' }, 'origin'],
  ['a number for an origin', { origin: 66 }, 'origin'],
  ['a list for a target', { target: ['26'] }, 'target'],
  ['a target with ;', { target: '2;6' }, 'target'],
  ['a target with a line break', { target: '2\n6' }, 'target'],
  ['a target that turns the text round', { target: '\u202e26' }, 'target'],
  ['65 characters', { target: 'x'.repeat(65) }, 'target'],
  ['no amount', { amount: undefined }, 'amount'],
  ['a negative amount', { amount: '-1' }, 'amount'],
  ['a sign', { amount: '+1' }, 'amount'],
  ['an exponent', { amount: '1e3' }, 'amount'],
  ['three decimals', { amount: '1.001' }, 'amount'],
  ['a thousands separator', { amount: '7,810' }, 'amount'],
  ['a space', { amount: ' 7810' }, 'amount'],
  ['hexadecimal', { amount: '0x10' }, 'amount'],
  ['more than 2^53 - 1 cents', { amount: '90071992547409.92' }, 'amount'],
  ['true', { amount: true }, 'amount'],
  ['an empty amount', { amount: '' }, 'amount'],
  ['a currency in lower case', { currency: 'usd' }, 'currency'],
  ['a currency without decimals', { currency: 'JPY' }, 'currency'],
  ['a currency with three decimals', { currency: 'KWD' }, 'currency'],
  ['a currency that is none', { currency: 'ABC' }, 'currency'],
  ['a number for a currency', { currency: 840 }, 'currency'],
  ['an empty id', { id: '' }, 'id'],
  ['a number for an id', { id: 7 }, 'id'],
  ['an id with a line break', { id: 'a\nb' }, 'id'],
  ['an id that is too long', { id: 'x'.repeat(512) }, 'id'],
];

test.each(values)('refuses %s as invalid, and names the field (S1, H)', (_, change, field) => {
  const body = JSON.stringify({ ...DATA, ...change });
  expect(() => decode(body)).toThrow(
    expect.objectContaining({ code: 'invalid', field, expected: expect.any(String) }),
  );
});

const amount = (digits: string): unknown => {
  const body = JSON.stringify(DATA).replace('"7810"', digits);
  return decode(body).transaction.amountMinor;
};

test.each([
  ['7810', 781_000],
  ['7810.1', 781_010],
  ['7810.10', 781_010],
  ['0', 0],
  ['0.07', 7],
  ['1.15', 115],
  ['70368744177664.01', 7_036_874_417_766_401],
  ['90071992547409.91', AMOUNT_MAX_MINOR],
])('takes the JSON number %s exactly, by its digits (S1)', (digits, amountMinor) => {
  expect(amount(digits)).toBe(amountMinor);
});

test.each(['1e3', '1E3', '1.0e2', '0.001', '1.100', '-1', '-0', '90071992547409.92', '1e400'])(
  'refuses the JSON number %s (S1)',
  (digits) => {
    expect(() => amount(digits)).toThrow(
      expect.objectContaining({ code: 'invalid', field: 'amount' }),
    );
  },
);

test('accepts amount 0 and origin equal to target (S6)', () => {
  const body = JSON.stringify({ ...DATA, target: '66', amount: '0' });
  expect(decode(body).transaction).toMatchObject({ origin: '66', target: '66', amountMinor: 0 });
});

test('refuses in a line what it refuses in JSON, and names the field (S1)', () => {
  const refusedField = (line: string): unknown => {
    try {
      return readTransactionFields({ kind: 'text', text: line });
    } catch (error) {
      return (error as AppError).field;
    }
  };
  expect(refusedField('yesterday;66;26;1')).toBe('timestamp');
  expect(refusedField('2017-07-23T01:06:47Z;;26;1')).toBe('origin');
  expect(refusedField('2017-07-23T01:06:47Z;66;\u0000;1')).toBe('target');
  expect(refusedField('2017-07-23T01:06:47Z;66;26;1e3')).toBe('amount');
  expect(refusedField('2017-07-23T01:06:47Z;66;26; 1')).toBe('amount');
});

test('leaves members alone that it does not know (S4)', () => {
  const body = JSON.stringify({ ...DATA, note: { deep: [1, 2] }, constructor: 'x' });
  expect(decode(body).transaction).not.toHaveProperty('note');
});
