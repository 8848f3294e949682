import { FIRST_ACCOUNT } from './background.ts';
import { drawCase, drawKind, type PlantedCase, structuring } from './cases.ts';
import type { Random } from './random.ts';
import type { TrafficPlan } from './traffic-options.ts';

/** Planted cases, one after the other, each with a start, and accounts that nothing else uses. */
export interface Planter {
  /** When the next case begins, milliseconds from the start; maybe Infinity. */
  nextMs(): number;
  next(): PlacedCase;
}

export interface PlacedCase {
  readonly number: number;
  readonly startMs: number;
  readonly origin: string;
  readonly target: string;
  readonly planted: PlantedCase;
}

// The first case is there to be seen soon: three pieces, whole within a minute and a half.
const FIRST_CASE_MS = 2000;
const FIRST_CASE_SPAN_MS = 80_000;

// Planted accounts have eight digits; where they begin depends on the traffic's mark, so that two
// runs one after the other do not plant on the same pair and add up there to what nobody planted.
const FIRST_PLANTED_ACCOUNT = 10_000_000;
const PLANTED_ACCOUNTS = 90_000_000;

export interface PlanterOptions {
  readonly plan: TrafficPlan;
  /** How many planted transactions a second of event time, on average; maybe 0. */
  readonly perSecond: number;
  readonly random: Random;
  /** The traffic's mark as a number, see {@link trafficMark}. */
  readonly mark: number;
}

export function createPlanter({ plan, perSecond, random, mark }: PlanterOptions): Planter {
  const { resolutionMs, thresholdMinor } = plan;
  const firstAccount =
    Math.max(FIRST_PLANTED_ACCOUNT, FIRST_ACCOUNT + plan.accounts) + (mark % PLANTED_ACCOUNTS);
  const rule = { thresholdMinor, windowSteps: plan.windowMs / resolutionMs };
  const toStep = (ms: number): number => Math.ceil(ms / resolutionMs) * resolutionMs;
  let made = 0;
  let nextMs = perSecond > 0 ? toStep(FIRST_CASE_MS) : Number.POSITIVE_INFINITY;

  const firstCase = (): PlantedCase => {
    const spanMs = Math.min(FIRST_CASE_SPAN_MS, plan.windowMs * 0.9);
    return structuring(3, Math.floor(spanMs / resolutionMs), rule, random);
  };
  return {
    nextMs: () => nextMs,
    next: () => {
      const startMs = nextMs;
      const planted = made === 0 ? firstCase() : drawCase(drawKind(random), rule, random);
      // A case of many pieces is followed by a longer pause: so the rate of pieces is kept.
      const pauseMs = (planted.pieces.length / perSecond) * 1000 * (0.5 + random.fraction());
      nextMs = toStep(startMs + pauseMs);
      const account = firstAccount + 2 * made;
      made++;
      return {
        number: made,
        startMs,
        origin: String(account),
        target: String(account + 1),
        planted,
      };
    },
  };
}
