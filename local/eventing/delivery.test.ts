import { describe, expect, it } from 'vitest';
import {
  backoffMs,
  type Delivery,
  isDelivered,
  isoMs,
  isRetried,
  MANIFEST_DELIVERY,
  type PostResult,
  resolveDelivery,
} from './delivery.ts';

function answer(status: number): PostResult {
  return { kind: 'answer', status, headers: {}, bodyHead: Buffer.alloc(0) };
}

/** Longest time that one record can take: every request times out, every wait is waited. */
function longestMs(delivery: Delivery): { waits: number; total: number } {
  let waits = 0;
  for (let attempt = 1; attempt <= delivery.retries; attempt++)
    waits += backoffMs(delivery, attempt);
  return { waits, total: waits + (delivery.retries + 1) * delivery.timeoutMs };
}

describe('status rules (facts 1)', () => {
  it.each([200, 202, 204, 299])('takes %i for success', (status) => {
    expect(isDelivered(answer(status))).toBe(true);
  });

  it.each([404, 408, 409, 429, 500, 502, 503, 504, 599])('tries again after %i', (status) => {
    expect(isDelivered(answer(status))).toBe(false);
    expect(isRetried(answer(status))).toBe(true);
  });

  it.each([300, 302, 304, 400, 401, 403, 405, 410, 413, 415, 422])(
    'sends to the dead-letter sink at once after %i',
    (status) => {
      expect(isDelivered(answer(status))).toBe(false);
      expect(isRetried(answer(status))).toBe(false);
    },
  );

  it('tries again where there was no whole answer', () => {
    const failure: PostResult = { kind: 'failure', reason: 'ECONNREFUSED' };
    expect(isDelivered(failure)).toBe(false);
    expect(isRetried(failure)).toBe(true);
  });
});

describe('the delivery block (facts 1)', () => {
  it('is 10 retries, exponential from 0.3 s, 614 s in all, time-out 600 s where there is none', () => {
    const delivery = resolveDelivery(undefined);
    expect(delivery).toMatchObject({ retries: 10, backoffDelayMs: 300, timeoutMs: 600_000 });
    expect(Math.round(longestMs(delivery).waits / 1000)).toBe(614);
  });

  it('replaces the defaults as a whole: with only deadLetterSink in it there are no retries', () => {
    const delivery = resolveDelivery({ deadLetterSink: { uri: 'http://dlq' } });
    expect(delivery).toMatchObject({ retries: 0, deadLetterSink: 'http://dlq' });
  });

  it('takes at most 121 s for a record as our manifests set it, under the 300 s of the broker', () => {
    expect(longestMs(resolveDelivery(MANIFEST_DELIVERY)).total).toBe(121_000);
  });

  it('waits longer each time: exponential doubles, linear adds', () => {
    const exponential = resolveDelivery({ retry: 3, backoffDelay: 'PT0.5S' });
    const linear = { ...exponential, backoffPolicy: 'linear' as const };
    expect([1, 2, 3].map((attempt) => backoffMs(exponential, attempt))).toEqual([1000, 2000, 4000]);
    expect([1, 2, 3].map((attempt) => backoffMs(linear, attempt))).toEqual([500, 1000, 1500]);
  });

  it.each([
    ['PT0.5S', 500],
    ['PT15S', 15_000],
    ['PT1M30S', 90_000],
    ['P1DT1H', 90_000_000],
    ['PT0S', 0],
  ])('reads the duration %s', (text, ms) => {
    expect(isoMs(text)).toBe(ms);
  });

  it.each(['', 'P', 'PT', '15s', '15', 'PT15', 'P1W', 'PT-1S'])('refuses %j as one', (text) => {
    expect(() => isoMs(text)).toThrow(RangeError);
  });

  it('refuses a number of retries that is none', () => {
    expect(() => resolveDelivery({ retry: -1 })).toThrow(RangeError);
    expect(() => resolveDelivery({ retry: 0.5 })).toThrow(RangeError);
  });
});
