import { expect, test } from 'vitest';
import { createPopularity } from './popularity.ts';
import { createRandom } from './random.ts';

function sharesOf(accounts: number, shareMax: number): number[] {
  const random = createRandom(11);
  const popularity = createPopularity(accounts, shareMax);
  const shares = new Array<number>(accounts).fill(0);
  const draws = 200_000;
  for (let i = 0; i < draws; i++) {
    const account = popularity.draw(random);
    shares[account] = (shares[account] as number) + 1 / draws;
  }
  return shares;
}

test('makes a few accounts popular and leaves most of them quiet', () => {
  const shares = sharesOf(5000, 1);
  expect(shares[0]).toBeCloseTo(0.081, 2);
  const firstHundred = shares.slice(0, 100).reduce((a, b) => a + b);
  expect(firstHundred).toBeGreaterThan(0.5);
  expect(shares.slice(2500).reduce((a, b) => a + b)).toBeGreaterThan(0.05);
});

test('keeps every account below the greatest share that is asked for', () => {
  expect(Math.max(...sharesOf(1000, 0.01))).toBeLessThan(0.012);
});

test('draws each account evenly when the bound leaves nothing else', () => {
  for (const share of sharesOf(10, 0.001)) expect(share).toBeCloseTo(0.1, 2);
});
