import { expect, test } from 'vitest';
import { createRandom } from './random.ts';

const take = (count: number, next: () => number): number[] => Array.from({ length: count }, next);

test('gives the same sequence for the same seed and stream, on any machine', () => {
  const random = createRandom(42);
  expect(take(4, random.uint32)).toEqual(take(4, createRandom(42).uint32));
  expect(take(3, createRandom(1).uint32)).toMatchInlineSnapshot(`
    [
      441792574,
      614447336,
      1644328534,
    ]
  `);
});

test('gives other sequences for other seeds, streams and seeds above 32 bits', () => {
  const starts = [createRandom(1), createRandom(2), createRandom(1, 1), createRandom(1 + 2 ** 32)];
  expect(new Set(starts.map((random) => random.uint32())).size).toBe(4);
});

test('stays strictly between 0 and 1, and fills it evenly', () => {
  const random = createRandom(7);
  const buckets = new Array<number>(10).fill(0);
  for (const value of take(100_000, random.fraction)) {
    expect(value > 0 && value < 1).toBe(true);
    const bucket = Math.floor(value * 10);
    buckets[bucket] = (buckets[bucket] as number) + 1;
  }
  for (const count of buckets) expect(Math.abs(count - 10_000)).toBeLessThan(500);
});

test('draws whole numbers with both ends included', () => {
  const random = createRandom(3);
  expect(new Set(take(200, () => random.between(2, 4)))).toEqual(new Set([2, 3, 4]));
  expect(new Set(take(200, () => random.below(2)))).toEqual(new Set([0, 1]));
});
