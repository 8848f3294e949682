import { encodeSeedLine } from '../../functions/generate/seed-line.ts';

/** One record of the stream: a line as the seeds write it, keyed by its pair. */
export interface SeedRecord {
  readonly key: string;
  readonly line: string;
}

const ACCOUNTS = 1000;
const AMOUNTS_BELOW = 10_000;
const PER_SECOND_OF_EVENT_TIME = 1000;
const START_MS = Date.UTC(2017, 6, 23);

/**
 * The stream that both sides read, the same each time: transactions between a million pairs, a
 * thousand in each second of event time. About one in five finds its pair over the threshold, far
 * more than in any bank: alerts are what is dear, and both sides have to say them.
 */
export function* seedStream(count: number): Generator<SeedRecord> {
  let seed = 42;
  const below = (bound: number): number => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor((seed / 2 ** 32) * bound);
  };
  for (let n = 0; n < count; n += 1) {
    const origin = below(ACCOUNTS);
    const drawn = below(ACCOUNTS);
    const target = drawn === origin ? (drawn + 1) % ACCOUNTS : drawn;
    const line = encodeSeedLine({
      eventTimeMs: START_MS + Math.floor(n / PER_SECOND_OF_EVENT_TIME) * 1000,
      origin: String(origin),
      target: String(target),
      amountMinor: below(AMOUNTS_BELOW) * 100,
    });
    yield { key: `${origin}_${target}`, line };
  }
}
