import type { Ratio } from './benchmark.ts';

/** How far a ratio may fall below its baseline before it counts: 15 %. */
export const FALL_MAX = 0.15;

/** Ratios by `BENCHMARK: NAME`, as they were when they were last written down. */
export type Baseline = Readonly<Record<string, number>>;

export interface Compared {
  readonly ratio: Ratio;
  readonly baseline: number | undefined;
  /** `new` where the baseline does not know it, `untold` where it does not have to. */
  readonly verdict: 'holds' | 'fallen' | 'new' | 'untold';
}

/** Each ratio beside its baseline. One that is no number has fallen: nothing was measured. */
export function compare(
  benchmark: string,
  ratios: readonly Ratio[],
  baseline: Baseline,
): readonly Compared[] {
  return ratios.map((ratio) => {
    if (ratio.isOfMachine) return { ratio, baseline: undefined, verdict: 'untold' };
    const known = baseline[keyOf(benchmark, ratio)];
    return { ratio, baseline: known, verdict: verdictOn(ratio.value, known) };
  });
}

/** The baseline with these ratios in place of what it said of them, in the order of their names. */
export function withRatios(
  baseline: Baseline,
  benchmark: string,
  ratios: readonly Ratio[],
): Baseline {
  const all = new Map(Object.entries(baseline));
  for (const ratio of ratios) {
    if (ratio.isOfMachine) continue;
    all.set(keyOf(benchmark, ratio), Number(ratio.value.toPrecision(3)));
  }
  return Object.fromEntries([...all].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function keyOf(benchmark: string, { name }: Ratio): string {
  return `${benchmark}: ${name}`;
}

function verdictOn(value: number, baseline: number | undefined): Compared['verdict'] {
  if (!Number.isFinite(value)) return 'fallen';
  if (baseline === undefined) return 'new';
  return value < baseline * (1 - FALL_MAX) ? 'fallen' : 'holds';
}
