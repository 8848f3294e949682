import { createPopularity } from './popularity.ts';
import type { Random } from './random.ts';
import type { TrafficPlan } from './traffic-options.ts';

/** Ordinary transfers, one after the other. */
export interface Background {
  /** When the next one happens, milliseconds from the start, not yet rounded; maybe Infinity. */
  nextMs(): number;
  next(): Transfer;
}

/** A transfer without time and name. */
export interface Transfer {
  readonly origin: string;
  readonly target: string;
  readonly amountMinor: number;
}

/**
 * The seeds' traffic: accounts 0 to n − 1 and whole dollars 0 to 9,999, each equally likely, origin
 * and target different, at even distances.
 */
export function createSeedBackground(
  plan: TrafficPlan,
  perSecond: number,
  random: Random,
): Background {
  const gapMs = 1000 / perSecond;
  let made = 0;
  return {
    nextMs: () => made * gapMs,
    next: () => {
      made++;
      const origin = random.below(plan.accounts);
      // Any account but the origin, each equally likely.
      const target = (origin + random.between(1, plan.accounts - 1)) % plan.accounts;
      return {
        origin: String(origin),
        target: String(target),
        amountMinor: random.below(10_000) * 100,
      };
    },
  };
}

/** Number of the first account; planted cases use numbers above those of the background. */
export const FIRST_ACCOUNT = 1000;

// Median 20.00 and mean 41.00: most transfers are small, few are large.
const AMOUNT_MEDIAN_MINOR = 2000;
const AMOUNT_SIGMA = 1.2;
const AMOUNT_MEAN_FACTOR = Math.exp(AMOUNT_SIGMA ** 2 / 2);
// A pair's mean total in a window stays below this part of the threshold, and no transfer is above
// that part: a pair would need several of the rarest amounts at once to cross.
const PAIR_MEAN_SHARE = 1 / 8;
const AMOUNT_MAX_SHARE = 1 / 4;

/**
 * Traffic as it might be: few popular accounts and many quiet ones, amounts with cents, lognormal,
 * at random instants (Poisson). It practically never crosses the threshold by itself: how popular
 * an account may be is bounded so that even the busiest pair stays far below, and where that is not
 * enough (few accounts, high rate) amounts are smaller.
 */
export function createRealisticBackground(
  plan: TrafficPlan,
  perSecond: number,
  random: Random,
): Background {
  const perWindow = (perSecond * plan.windowMs) / 1000;
  const pairMeanMax = plan.thresholdMinor * PAIR_MEAN_SHARE;
  const shareMax = Math.sqrt(pairMeanMax / AMOUNT_MEDIAN_MINOR / AMOUNT_MEAN_FACTOR / perWindow);
  const popularity = createPopularity(plan.accounts, shareMax);
  const tooPopular = Math.max(1, 1 / plan.accounts / shareMax);
  const medianMinor = AMOUNT_MEDIAN_MINOR / tooPopular ** 2;
  const amountMaxMinor = Math.floor(plan.thresholdMinor * AMOUNT_MAX_SHARE);
  const gapMs = 1000 / perSecond;
  let nextMs = gapMs * -Math.log(random.fraction());
  return {
    nextMs: () => nextMs,
    next: () => {
      nextMs += gapMs * -Math.log(random.fraction());
      const origin = popularity.draw(random);
      let target = popularity.draw(random);
      if (target === origin) target = (origin + 1) % plan.accounts;
      const amount = Math.round(medianMinor * Math.exp(AMOUNT_SIGMA * normal(random)));
      return {
        origin: String(FIRST_ACCOUNT + origin),
        target: String(FIRST_ACCOUNT + target),
        amountMinor: Math.min(amountMaxMinor, Math.max(1, amount)),
      };
    },
  };
}

/** A draw from the standard normal distribution, by Box and Muller's method. */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(random.fraction())) * Math.cos(2 * Math.PI * random.fraction());
}
