import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Entry } from './pair-state.ts';
import { positionOf, reachEnd, windowStart } from './window.ts';

function entries(...times: readonly number[]): Entry[] {
  return times.map((eventTimeMs, i) => ({
    id: String.fromCharCode(97 + i),
    eventTimeMs,
    amountMinor: 1,
    arrival: i,
    totalMinor: 0n,
    verdict: undefined,
  }));
}

describe('the window (t − W, t]', () => {
  it.each([
    ['leaves out what is exactly W older', [0, 100], 100, 1],
    ['holds what is one millisecond less than W older', [1, 100], 100, 0],
    ['holds those at the same instant before it', [100, 100], 100, 0],
    ['holds itself alone when W is 1', [99, 100], 1, 1],
  ])('%s (D1)', (_, times, windowMs, start) => {
    expect(windowStart(entries(...times), times.length - 1, windowMs)).toBe(start);
  });

  it('is seen from behind as far as W − 1 later (D1)', () => {
    expect(reachEnd(entries(0, 99, 100), 0, 100)).toBe(2);
  });

  it('orders ties by id (D1)', () => {
    expect(positionOf(entries(5, 5, 5), { eventTimeMs: 5, id: 'bb' })).toBe(2);
  });

  it('finds in any list what filtering finds', () => {
    const list = fc
      .array(fc.nat(50), { minLength: 1 })
      .map((times) => entries(...times.sort((a, b) => a - b)));
    fc.assert(
      fc.property(list, fc.integer({ min: 1, max: 60 }), (sorted, windowMs) => {
        sorted.forEach((x, i) => {
          const inside = sorted.filter(
            (y, j) => j <= i && y.eventTimeMs > x.eventTimeMs - windowMs,
          );
          expect(i - windowStart(sorted, i, windowMs) + 1).toBe(inside.length);
        });
      }),
    );
  });
});
