import type { Random } from './random.ts';

/**
 * How popular accounts are: a few take part in much of the traffic, most in little of it. Account
 * number i (0 to n − 1) is drawn with a probability that falls off as 1 / (i + q), which is Zipf's
 * law with exponent 1 in the form of Mandelbrot: q bounds how popular the most popular one can be.
 * Drawn by inverting the integral of 1 / (x + q), so no table is needed, however many accounts.
 *
 * With n = 5,000 and no bound (q = 1) the first account is drawn in 8 % of all cases.
 */
export interface Popularity {
  draw(random: Random): number;
}

/** `shareMax`: the greatest share that any account may have; less than 1 / n means uniform. */
export function createPopularity(accounts: number, shareMax: number): Popularity {
  let q = 1;
  while (firstShare(accounts, q) > shareMax && q < accounts * 1000) q *= 2;
  const ratio = (accounts + q) / q;
  return {
    draw: (random) => Math.min(accounts - 1, Math.floor(q * (ratio ** random.fraction() - 1))),
  };
}

function firstShare(accounts: number, q: number): number {
  return Math.log((1 + q) / q) / Math.log((accounts + q) / q);
}
