/**
 * A small seeded source of chance: sfc32, "Small Fast Counting" by Chris Doty-Humphrey (PractRand,
 * public domain), 128 bits of state, period of at least 2^32 and 2^127 on average. The same seed
 * and stream give the same sequence on any machine. Not for secrets.
 *
 * Each concern takes a stream of its own (background, planted cases, disturbances), so that more
 * duplicates, for example, leave the transactions themselves as they were.
 */
export interface Random {
  /** A whole number, 0 to 2^32 − 1, each equally likely. */
  uint32(): number;
  /** A real number strictly between 0 and 1, so that its logarithm is finite. */
  fraction(): number;
  /** A whole number, 0 to `bound` − 1. `bound` is at most 2^32; above that, less evenly. */
  below(bound: number): number;
  /** A whole number from `min` to `max`, both included. */
  between(min: number, max: number): number;
  /** True with the given probability. */
  chance(probability: number): boolean;
}

const TWO_POW_32 = 4_294_967_296;
// PractRand discards the first results, which still show the seed.
const WARM_UP_ROUNDS = 12;

export function createRandom(seed: number, stream = 0): Random {
  let a = seed >>> 0;
  let b = Math.floor(seed / TWO_POW_32) >>> 0;
  let c = stream >>> 0;
  let counter = 1;

  const uint32 = (): number => {
    const result = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + result;
    c |= 0;
    return result >>> 0;
  };
  for (let round = 0; round < WARM_UP_ROUNDS; round++) uint32();

  const fraction = (): number => (uint32() + 0.5) / TWO_POW_32;
  const below = (bound: number): number => Math.floor(fraction() * bound);
  return {
    uint32,
    fraction,
    below,
    between: (min, max) => min + below(max - min + 1),
    chance: (probability) => fraction() < probability,
  };
}
