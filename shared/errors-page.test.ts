import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ERRORS } from './errors.ts';

const page = readFileSync(new URL('../docs/errors.md', import.meta.url), 'utf8');
const rows = [...page.matchAll(/^\| `([a-z]+)` +\| (\d{3}) +\| ([^|]+)\|/gm)];

test('docs/errors.md lists every error code, in order, with its status', () => {
  const listed = rows.map(([, code, status]) => [code, Number(status)]);
  expect(listed).toEqual(Object.entries(ERRORS).map(([code, kind]) => [code, kind.status]));
});

test('docs/errors.md says of each code what KafkaSource does with it (H)', () => {
  const expected = Object.values(ERRORS).map(({ status, retryable }) => {
    if (status === 404 || status === 405) return 'not on the event path';
    return retryable ? 'tried again' : 'dead letter';
  });
  expect(rows.map((row) => row[3]?.trim())).toEqual(expected);
});

test('every retryable status is one that KafkaSource tries again, and no other is (facts 1)', () => {
  for (const [code, { status, retryable }] of Object.entries(ERRORS)) {
    if (code === 'notfound') continue; // Never answered on the event path.
    const isTriedAgain = status >= 500 || [404, 408, 409, 429].includes(status);
    expect({ code, retryable }).toEqual({ code, retryable: isTriedAgain });
  }
});
