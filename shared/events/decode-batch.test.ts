import { expect, test } from 'vitest';
import { AppError } from '#shared/errors.ts';
import { DECODE_LIMITS, type Decoded, decodeTransactions } from './decode-transactions.ts';

const data = { timestamp: '2017-07-23T01:06:47Z', origin: '66', target: '26', amount: '7810' };
const type = 'io.splitwatch.transaction.v1';
const good = { specversion: '1.0', id: 'e-1', source: '/bank', type, data };

function decode(body: string): Decoded {
  const headers = { 'content-type': 'application/cloudevents-batch+json' };
  const options = { limits: DECODE_LIMITS, nowMs: Date.parse('2026-11-22'), makeId: () => 'made' };
  return decodeTransactions(headers, Buffer.from(body), options);
}

test('decodes each event of a batch by itself (H)', () => {
  const bad = { ...good, data: { ...data, amount: '-1' } };
  const decoded = decode(JSON.stringify([good, bad, {}, { ...good, id: 'e-2' }]));
  expect(decoded).toMatchObject({
    kind: 'batch',
    items: [{ id: '/bank#e-1' }, { code: 'invalid' }, { code: 'malformed' }, { id: '/bank#e-2' }],
  });
  const { items } = decoded as Extract<Decoded, { kind: 'batch' }>;
  expect(items[1]).toBeInstanceOf(AppError);
});

test('takes an empty batch, refuses one of too many events (H, P)', () => {
  expect(decode('[]')).toEqual({ kind: 'batch', items: [], places: [] });
  expect(() => decode(`[${'{},'.repeat(1000)}{}]`)).toThrow(
    expect.objectContaining({ code: 'toolarge' }),
  );
});

test('says where each event was read, also of one that it refuses', () => {
  const placed = { ...good, knativekafkapartition: 2, knativekafkaoffset: '7' };
  const bad = { ...placed, data: { ...data, amount: '-1' }, knativekafkaoffset: 8 };
  expect(decode(JSON.stringify([placed, good, bad]))).toMatchObject({
    places: [{ partition: 2, offset: 7 }, undefined, { partition: 2, offset: 8 }],
  });
});
