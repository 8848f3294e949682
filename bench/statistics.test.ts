import { expect, it } from 'vitest';
import { byTurns, cheapestRatio, median, medianRatio } from './statistics.ts';

it.each([
  [[], 0],
  [[3], 3],
  [[9, 1, 2], 2],
  [[4, 1, 3, 2], 2.5],
])('the median of %j is %f', (values, expected) => {
  expect(median(values)).toBe(expected);
});

it('takes ratios round by round before their median', () => {
  expect(medianRatio([10, 200, 30], [10, 100, 10])).toBe(2);
});

it('takes the cheapest of each, whichever rounds they are of', () => {
  expect(cheapestRatio([10, 30, 20], [9, 5, 40])).toBe(2);
});

it('gives every side its turn in every round, each round another one first', async () => {
  const seen: string[] = [];
  const results = await byTurns(['a', 'b', 'c'], 4, async (side, round) => {
    seen.push(side);
    return `${side}${round}`;
  });
  expect(seen.join('')).toBe('abcbcacababc');
  expect(results.b).toEqual(['b0', 'b1', 'b2', 'b3']);
});
