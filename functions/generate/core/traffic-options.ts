import type { AmountMinor } from '#shared/domain/amount.ts';

/**
 * What `traffic` makes. Times are milliseconds of event time. Everything has a default, and the
 * same options give the same sequence.
 */
export interface TrafficOptions {
  /** 0 to 2^53 − 1; default 1. */
  readonly seed?: number;
  /** `realistic` (default), or `seed`: the uniform traffic of the demos that this grew from. */
  readonly shape?: TrafficShape;
  /** Accounts of the background, at least 2; default 5,000, in the seeds' shape 10. */
  readonly accounts?: number;
  /** Deliveries, duplicates included, a second of event time; default 50, in the seeds' shape 1. */
  readonly ratePerSecond?: number;
  /** Event time of the beginning, epoch milliseconds; default {@link DEFAULT_START_TIME_MS}. */
  readonly startTimeMs?: number;
  /** Ends after so many deliveries; absent: endless. */
  readonly count?: number;
  /** The window W that planted cases are made for; default 10 minutes. */
  readonly windowMs?: number;
  /** The threshold that planted cases are made for; default 10,000.00. */
  readonly thresholdMinor?: AmountMinor;
  readonly currency?: string;
  /** Share of transactions that are delivered a second time; default 0.02, seeds' shape 0. */
  readonly duplicateShare?: number;
  /** Share of transactions that are delivered after their event time; default 0.02, seeds' 0. */
  readonly outOfOrderShare?: number;
  /** Bound of both delays; keep it below the allowed lateness. Default W / 10, at most a minute. */
  readonly delayMaxMs?: number;
  /** Share of transactions that belong to planted cases; default 0.05, in the seeds' shape 0. */
  readonly plantedShare?: number;
  /** Step of event time: 1 (default), or 1,000 for lines, whose times are whole seconds. */
  readonly resolutionMs?: number;
}

export type TrafficShape = 'realistic' | 'seed';
export type TrafficPlan = Required<Omit<TrafficOptions, 'count'>> & { readonly count: number };

/** A Monday morning: 2026-01-05T09:00:00Z. */
export const DEFAULT_START_TIME_MS = Date.UTC(2026, 0, 5, 9);

/** A window holds at least so many steps of event time, so that 20 pieces find room in it. */
export const WINDOW_STEPS_MIN = 100;

const SHAPES = {
  realistic: { accounts: 5000, ratePerSecond: 50, disturbedShare: 0.02, plantedShare: 0.05 },
  seed: { accounts: 10, ratePerSecond: 1, disturbedShare: 0, plantedShare: 0 },
} as const;

/**
 * The options with every default filled in.
 * @throws RangeError that names the option, for values that no traffic can be made of. Callers that
 * take options from outside check them first.
 */
export function planTraffic(options: TrafficOptions = {}): TrafficPlan {
  const shape = options.shape ?? 'realistic';
  const defaults = SHAPES[shape];
  const windowMs = options.windowMs ?? 600_000;
  const plan: TrafficPlan = {
    seed: options.seed ?? 1,
    shape,
    accounts: options.accounts ?? defaults.accounts,
    ratePerSecond: options.ratePerSecond ?? defaults.ratePerSecond,
    startTimeMs: options.startTimeMs ?? DEFAULT_START_TIME_MS,
    count: options.count ?? Number.POSITIVE_INFINITY,
    windowMs,
    thresholdMinor: options.thresholdMinor ?? 1_000_000,
    currency: options.currency ?? 'USD',
    duplicateShare: options.duplicateShare ?? defaults.disturbedShare,
    outOfOrderShare: options.outOfOrderShare ?? defaults.disturbedShare,
    delayMaxMs: options.delayMaxMs ?? Math.min(60_000, Math.floor(windowMs / 10)),
    plantedShare: options.plantedShare ?? defaults.plantedShare,
    resolutionMs: options.resolutionMs ?? 1,
  };
  assertPlan(plan);
  return plan;
}

function assertPlan(plan: TrafficPlan): void {
  const steps = plan.windowMs / plan.resolutionMs;
  const rules: [keyof TrafficPlan, boolean][] = [
    ['seed', Number.isSafeInteger(plan.seed) && plan.seed >= 0],
    ['accounts', Number.isSafeInteger(plan.accounts) && plan.accounts >= 2],
    ['ratePerSecond', Number.isFinite(plan.ratePerSecond) && plan.ratePerSecond > 0],
    ['count', plan.count >= 0],
    ['resolutionMs', Number.isSafeInteger(plan.resolutionMs) && plan.resolutionMs >= 1],
    ['windowMs', Number.isSafeInteger(steps) && steps >= WINDOW_STEPS_MIN],
    ['startTimeMs', Number.isSafeInteger(plan.startTimeMs / plan.resolutionMs)],
    [
      'thresholdMinor',
      Number.isSafeInteger(plan.thresholdMinor * 3) && plan.thresholdMinor >= 1000,
    ],
    ['duplicateShare', plan.duplicateShare >= 0 && plan.duplicateShare <= 1],
    ['outOfOrderShare', plan.outOfOrderShare >= 0 && plan.outOfOrderShare <= 1],
    ['plantedShare', plan.plantedShare >= 0 && plan.plantedShare <= 1],
    ['delayMaxMs', Number.isSafeInteger(plan.delayMaxMs) && plan.delayMaxMs >= 1],
  ];
  for (const [name, holds] of rules) {
    if (!holds) throw new RangeError(`traffic: ${name} is ${plan[name]}`);
  }
}
