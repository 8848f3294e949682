import { HTTP } from 'cloudevents';
import { describe, expect, test } from 'vitest';
import { DECODE_LIMITS, decodeTransactions } from './decode-transactions.ts';

/**
 * Where the SDK's decoder takes, mends or breaks on what is not right (facts 6), row by row: what
 * it does, and that this door does otherwise. When an update of the SDK makes a row fail, it may be
 * time to think again about having a decoder of our own.
 */
type Headers = Record<string, string>;

const DATA = { timestamp: '2026-11-22T10:00:00Z', origin: '66', target: '26', amount: '7810' };
const BODY = JSON.stringify(DATA);
const BINARY: Headers = {
  'content-type': 'application/json',
  'ce-specversion': '1.0',
  'ce-id': 'e-1',
  'ce-source': '/bank',
  'ce-type': 'io.splitwatch.transaction.v1',
};
const EVENT = {
  specversion: '1.0',
  id: 'e-1',
  source: '/bank',
  type: 'io.splitwatch.transaction.v1',
  data: DATA,
};
const STRUCTURED: Headers = { 'content-type': 'application/cloudevents+json' };
const BATCH: Headers = { 'content-type': 'application/cloudevents-batch+json' };

function decode(headers: Headers, body: string): unknown {
  return decodeTransactions(headers, Buffer.from(body), {
    limits: { ...DECODE_LIMITS, maxFutureMs: 0 },
    nowMs: 0,
    makeId: () => 'made',
  });
}

function without<T extends object>(object: T, name: keyof T & string): T {
  const { [name]: _, ...rest } = object;
  return rest as T;
}

const sdk = (headers: Headers, body: string): Record<string, unknown> =>
  HTTP.toEvent({ headers: { ...headers }, body }) as unknown as Record<string, unknown>;

describe('refuses what the SDK takes (facts 6)', () => {
  const rows: [name: string, headers: Headers, body: string, field: string][] = [
    ['no type', without(BINARY, 'ce-type'), BODY, 'ce-type'],
    ['no source', without(BINARY, 'ce-source'), BODY, 'ce-source'],
    ['an empty source', { ...BINARY, 'ce-source': '' }, BODY, 'ce-source'],
    ['no specversion', without(BINARY, 'ce-specversion'), BODY, 'ce-specversion'],
    ['specversion 9.9', { ...BINARY, 'ce-specversion': '9.9' }, BODY, 'ce-specversion'],
    ['no id', STRUCTURED, JSON.stringify(without(EVENT, 'id')), 'id'],
    ['no type', STRUCTURED, JSON.stringify(without(EVENT, 'type')), 'type'],
    ['no source', STRUCTURED, JSON.stringify(without(EVENT, 'source')), 'source'],
    [
      'specversion 9.9',
      STRUCTURED,
      JSON.stringify({ ...EVENT, specversion: '9.9' }),
      'specversion',
    ],
    ['specversion 1', STRUCTURED, JSON.stringify({ ...EVENT, specversion: 1 }), 'specversion'],
    ['a time that is none', { ...BINARY, 'ce-time': 'yesterday' }, BODY, 'ce-time'],
    ['a local time', { ...BINARY, 'ce-time': '2026-11-22T10:00:00' }, BODY, 'ce-time'],
  ];
  test.each(rows)('%s', (_, headers, body, field) => {
    expect(() => sdk(headers, body)).not.toThrow();
    expect(() => decode(headers, body)).toThrow(
      expect.objectContaining({ code: 'malformed', field }),
    );
  });
});

test('makes up no id where the SDK does (facts 6)', () => {
  const body = JSON.stringify(without(EVENT, 'id'));
  expect(sdk(STRUCTURED, body).id).toMatch(/^[0-9a-f-]{36}$/);
  expect(() => decode(STRUCTURED, body)).toThrow('id: expected');
});

describe('reads what the SDK breaks on (facts 6)', () => {
  const one = { kind: 'one', transaction: { id: '/bank#e-1', amountMinor: 781_000 } };

  test('a charset in upper case', () => {
    const headers = { 'content-type': 'application/cloudevents+json; charset=UTF-8' };
    expect(() => sdk(headers, JSON.stringify(EVENT))).toThrow();
    expect(decode(headers, JSON.stringify(EVENT))).toMatchObject(one);
  });

  test('white space before JSON', () => {
    expect(() => sdk(STRUCTURED, ` ${JSON.stringify(EVENT)}`)).toThrow();
    expect(decode(STRUCTURED, ` ${JSON.stringify(EVENT)}`)).toMatchObject(one);
  });

  test('an extension that is named like a method of the SDK', () => {
    const headers = { ...BINARY, 'ce-validate': 'x' };
    const event = sdk(headers, BODY) as unknown as { validate: () => boolean };
    expect(() => event.validate()).toThrow();
    expect(decode(headers, BODY)).toMatchObject(one);
  });

  test('data_base64', () => {
    const { data: _, ...rest } = EVENT;
    const body = JSON.stringify({ ...rest, data_base64: Buffer.from(BODY).toString('base64') });
    expect(sdk(STRUCTURED, body).data).toBeInstanceOf(Uint32Array);
    expect(decode(STRUCTURED, body)).toMatchObject(one);
  });

  test('a batch in which one event is bad', () => {
    const body = JSON.stringify([EVENT, without(EVENT, 'source')]);
    expect(() => sdk(BATCH, body)).toThrow();
    expect(decode(BATCH, body)).toMatchObject({
      items: [{ id: '/bank#e-1' }, { code: 'malformed', field: 'source' }],
    });
  });
});

test('sees data of 0, which the SDK drops, and refuses it for what it is (facts 6)', () => {
  const body = JSON.stringify({ ...EVENT, data: 0 });
  expect(sdk(STRUCTURED, body).data).toBeUndefined();
  expect(() => decode(STRUCTURED, body)).toThrow('data: expected a JSON object');
});
