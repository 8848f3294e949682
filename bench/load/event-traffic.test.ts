import { expect, it } from 'vitest';
import { DECODE_LIMITS, decodeTransactions } from '#shared/events/decode-transactions.ts';
import { createEventTraffic, type TrafficSpec } from './event-traffic.ts';

const SPEC: TrafficSpec = { run: 'r', pairs: 50, stepMs: 50 };

/** What score reads of a request. */
function decoded(request: Buffer) {
  const text = String(request);
  const headEnd = text.indexOf('\r\n\r\n');
  const headers = Object.fromEntries(
    text
      .slice(0, headEnd)
      .split('\r\n')
      .slice(1)
      .map((line) => line.split(': ') as [string, string]),
  );
  const body = Buffer.from(text.slice(headEnd + 4));
  expect(Number(headers['content-length'])).toBe(body.length);
  const limits = { ...DECODE_LIMITS, maxFutureMs: 0 };
  return decodeTransactions(headers, body, { limits, nowMs: 0, makeId: () => 'none' });
}

it('makes requests that score reads, the same each time, every id another', () => {
  const [first, second] = [createEventTraffic(SPEC), createEventTraffic(SPEC)];
  const ids = new Set<string>();
  for (let n = 0; n < 200; n += 1) {
    const request = first();
    expect(request.equals(second())).toBe(true);
    const one = decoded(request);
    if (one.kind === 'batch') throw new Error('not one event');
    expect(one.place?.offset).toBeDefined();
    ids.add(one.transaction.id);
  }
  expect(ids.size).toBe(200);
});

it.each([1, 2, 50, 97])('gives each of %i pairs one before any has two', (pairs) => {
  const next = createEventTraffic({ ...SPEC, pairs });
  const seen = new Set<string>();
  for (let n = 0; n < pairs; n += 1) {
    const one = decoded(next());
    if (one.kind === 'batch') throw new Error('not one event');
    seen.add(`${one.transaction.origin}:${one.transaction.target}`);
  }
  expect(seen.size).toBe(pairs);
});

it('makes batches of one partition each, offsets one after the other', () => {
  const next = createEventTraffic({ ...SPEC, batch: 10 });
  const seen = new Map<number, number>();
  for (let n = 0; n < 20; n += 1) {
    const batch = decoded(next());
    if (batch.kind !== 'batch') throw new Error('not a batch');
    expect(batch.items).toHaveLength(10);
    expect(new Set(batch.places.map((place) => place?.partition)).size).toBe(1);
    for (const place of batch.places) {
      const partition = place?.partition ?? -1;
      expect(place?.offset).toBe(seen.get(partition) ?? 0);
      seen.set(partition, (place?.offset ?? 0) + 1);
    }
  }
});
