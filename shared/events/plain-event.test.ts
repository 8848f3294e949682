import fc from 'fast-check';
import { expect, it } from 'vitest';
import { AppError } from '#shared/errors.ts';
import { DECODE_LIMITS, decodeTransactions } from './decode-transactions.ts';
import { collectHeaders } from './event-headers.ts';
import { readPlainEvent } from './plain-event.ts';

const NOW_MS = Date.parse('2026-11-22T10:00:00Z');
const options = { limits: DECODE_LIMITS, nowMs: NOW_MS, makeId: () => 'made' };

const HEADERS: readonly (readonly [name: string, value: string])[] = [
  ['ce-specversion', '1.0'],
  ['ce-type', 'io.splitwatch.transaction.v1'],
  ['ce-source', '/bank/a'],
  ['ce-id', '1'],
  ['ce-time', '2026-11-22T09:59:59.5Z'],
  ['ce-subject', '66:26'],
  ['ce-partitionkey', '66:26'],
  ['ce-knativekafkapartition', '3'],
  ['ce-knativekafkaoffset', '41'],
  ['content-type', 'application/json'],
  ['prefer', 'reply'],
  ['kn-namespace', 'default'],
  ['host', 'score'],
];
const BODY =
  '{"timestamp":"2026-11-22T10:00:00.000Z","origin":"66","target":"26","amount":"7810.00","currency":"USD"}';

function strict(rawHeaders: readonly string[], body: Buffer): unknown {
  try {
    return decodeTransactions(collectHeaders(rawHeaders), body, options);
  } catch (error) {
    return error instanceof AppError ? error.code : error;
  }
}

it.each([
  ['lower case', (name: string) => name],
  [
    'the case that proxies written in Go send',
    (name: string) => name.replace(/(^|-)[a-z]/g, (start) => start.toUpperCase()),
  ],
])('reads the event that nearly all requests carry, names in %s', (_, write) => {
  const raw = HEADERS.flatMap(([name, value]) => [write(name), value]);
  const plain = readPlainEvent(raw, Buffer.from(BODY), options);
  expect(plain).toEqual({
    place: { partition: 3, offset: 41 },
    transaction: {
      ...{ id: '/bank/a#1', origin: '66', target: '26', currency: 'USD', amountMinor: 781_000 },
      eventTimeMs: NOW_MS,
    },
  });
});

it('reads what the strict decoder reads, or leaves it to it (S1, S4, S5)', () => {
  const texts = [
    ...['', '1.0', '1', '/bank/a', '"quoted"', 'a%23', 'a#b', 'é', '50%', ' 1', 'x'.repeat(600)],
    ...['application/json', 'APPLICATION/JSON', 'text/plain', 'application/json; charset=utf-8'],
    ...['io.splitwatch.fraud.v1', 'dev.knative.kafka.event', 'gzip', 'identity', 'true'],
    ...['2026-11-22T10:00:00Z', 'yesterday', '*/*', '-1', '3', '99999999999999999999'],
  ];
  const names = [
    ...HEADERS.map(([name]) => name),
    ...['Ce-Id', 'CE-ID', 'ce-probe', 'ce-x_y', 'ce-other', 'accept', 'Content-Encoding'],
    ...['splitwatch-rebuild', 'x-forwarded-for', 'ce-'],
  ];
  const change = fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({ name: fc.constantFrom(...names), value: fc.constantFrom(...texts) }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ name: fc.constantFrom(...names), value: fc.constant(undefined) }),
    },
  );
  const members = ['timestamp', 'origin', 'target', 'amount', 'currency', 'id', 'extra'];
  const values = [
    ...[
      '2026-11-22T10:00:00.000Z',
      '2026-11-22T11:30:00+01:00',
      '2026-11-22T10:10:00Z',
      '1969-01-01T00:00:00Z',
    ],
    ...[
      'Sunday, 22-Nov-26 10:00:00 UTC',
      '2026-02-30T10:00:00Z',
      '66',
      '7810.00',
      '0.1',
      '1e9',
      '-1',
    ],
    ...[
      '90071992547409.91',
      '90071992547409.92',
      '00000000000000.5',
      'USD',
      'JPY',
      '',
      'a;b',
      'ü',
      'a"b',
      'a\\b',
    ],
    ...[7810, 0.07, null, true, ['x']],
  ];
  const data = fc.record({
    at: fc.constantFrom(...members),
    value: fc.constantFrom(...values),
    space: fc.constantFrom('', ' ', '\n'),
    isDropped: fc.boolean(),
  });
  let short = 0;
  fc.assert(
    fc.property(
      fc.array(change, { maxLength: 2 }),
      fc.option(data, { nil: undefined }),
      (changes, other) => {
        const headers = HEADERS.map(([name, value]) => ({
          name,
          value: value as string | undefined,
        }));
        for (const one of changes) {
          const found = headers.find(({ name }) => name === one.name);
          if (found === undefined || one.value === '1') headers.push(one);
          else found.value = one.value;
        }
        const raw = headers.flatMap(({ name, value }) =>
          value === undefined ? [] : [name, value],
        );
        const object = JSON.parse(BODY);
        if (other?.isDropped) delete object[other.at];
        else if (other !== undefined) object[other.at] = other.value;
        const body = Buffer.from(other?.space + JSON.stringify(object));
        const text = other === undefined ? Buffer.from(BODY) : body;
        const plain = readPlainEvent(raw, text, options);
        if (plain === undefined) return;
        short += 1;
        expect({ kind: 'one', isPlain: false, ...plain }).toEqual(strict(raw, text));
      },
    ),
    { numRuns: Number(process.env.PROPERTY_RUNS ?? 3000) },
  );
  expect(short).toBeGreaterThan(200);
});
