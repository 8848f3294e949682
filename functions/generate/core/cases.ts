import type { CaseKind } from './label.ts';
import type { Random } from './random.ts';

/**
 * Planted cases before they have a place in time or accounts: which amounts, how far apart, and
 * which piece crosses. Worked for a threshold of 100.00 and a window of 10 minutes: `structuring`
 * may be 31.20 at 0:00, 40.11 at 3:20 and 28.70 at 7:45, together 100.01, crossing at the third.
 *
 * Where an alert is to follow (but for `ongoing`), the total is over the threshold by less than the
 * smallest piece: without any one of them there is no alert, in whatever order they arrive.
 */
export interface PlantedCase {
  readonly kind: CaseKind;
  /** In event order, at strictly increasing offsets; the first is at 0. */
  readonly pieces: readonly Piece[];
  /** Index of the piece that takes the total over the threshold. */
  readonly crossingIndex: number | undefined;
}

export interface Piece {
  /** From the first piece, in steps of event time. */
  readonly offsetSteps: number;
  readonly amountMinor: number;
  /** Goes from target to origin; in `two-way` cases. */
  readonly isReversed: boolean;
}

/** What cases are made for: the rule's two numbers, the window in steps of event time. */
export interface CaseRule {
  readonly thresholdMinor: number;
  readonly windowSteps: number;
}

// How often each kind is planted, out of the sum of all.
const WEIGHTS: readonly (readonly [CaseKind, number])[] = [
  ['structuring', 40],
  ['ongoing', 6],
  ['whole', 6],
  ['inside', 8],
  ['near-miss', 12],
  ['exact', 10],
  ['straddle', 8],
  ['slow', 5],
  ['two-way', 5],
];
const WEIGHT_SUM = WEIGHTS.reduce((sum, [, weight]) => sum + weight, 0);
const PIECES_MIN = 2;
const PIECES_MAX = 20;
const NEAR_WHOLE_WINDOW_SHARE = 0.25;

export function drawKind(random: Random): CaseKind {
  let left = random.below(WEIGHT_SUM);
  for (const [kind, weight] of WEIGHTS) {
    if (left < weight) return kind;
    left -= weight;
  }
  return 'structuring';
}

export function drawCase(kind: CaseKind, rule: CaseRule, random: Random): PlantedCase {
  const { thresholdMinor: threshold, windowSteps } = rule;
  switch (kind) {
    case 'structuring': {
      const count = drawPieceCount(random);
      return structuring(count, drawSpan(count, rule, random), rule, random);
    }
    case 'ongoing': {
      const count = random.between(8, 16);
      const total = random.between(Math.ceil(threshold * 2.2), threshold * 3);
      const amounts = split(total, count, random);
      return {
        kind,
        ...place(amounts, drawSpan(count, rule, random), random),
        ...cross(amounts, rule),
      };
    }
    case 'whole':
      return {
        kind,
        ...place([threshold + random.between(1, threshold * 2)], 0, random),
        crossingIndex: 0,
      };
    case 'inside':
      return {
        kind,
        ...place(overInTwo(threshold, random), windowSteps - 1, random),
        crossingIndex: 1,
      };
    case 'straddle':
      return harmless(kind, overInTwo(threshold, random), windowSteps, random);
    case 'near-miss':
    case 'exact': {
      const count = drawPieceCount(random);
      const missing = kind === 'exact' ? 0 : random.between(1, Math.ceil(threshold / 50));
      const amounts = split(threshold - missing, count, random);
      return harmless(kind, amounts, drawSpan(count, rule, random), random);
    }
    case 'slow': {
      // Five pieces a quarter of the window apart never stand in one window; four may.
      const gap = Math.ceil(windowSteps / 4);
      const amountMinor = Math.floor(threshold / 4);
      const pieces = Array.from({ length: 8 }, (_, i) => piece(i * gap, amountMinor));
      return { kind, pieces, crossingIndex: undefined };
    }
    case 'two-way':
      return twoWay(rule, random);
  }
}

/** A `structuring` case with so many pieces over so many steps. */
export function structuring(
  count: number,
  spanSteps: number,
  rule: CaseRule,
  random: Random,
): PlantedCase {
  const { thresholdMinor } = rule;
  // The smallest piece is over 1 / 3k of the total, so an excess of 1 / 4k stays below it.
  const excess = random.chance(0.25)
    ? 1
    : random.between(1, Math.floor(thresholdMinor / (4 * count)));
  const amounts = split(thresholdMinor + excess, count, random);
  return { kind: 'structuring', ...place(amounts, spanSteps, random), crossingIndex: count - 1 };
}

function harmless(
  kind: CaseKind,
  amounts: readonly number[],
  spanSteps: number,
  random: Random,
): PlantedCase {
  return { kind, ...place(amounts, spanSteps, random), crossingIndex: undefined };
}

function twoWay(rule: CaseRule, random: Random): PlantedCase {
  const count = random.between(2, 5);
  const oneWay = (): number =>
    random.between(Math.ceil(rule.thresholdMinor * 0.6), Math.floor(rule.thresholdMinor * 0.95));
  const there = split(oneWay(), count, random);
  const back = split(oneWay(), count, random);
  const amounts = there.flatMap((amountMinor, i) => [amountMinor, back[i] as number]);
  const { pieces } = place(amounts, drawSpan(2 * count, rule, random), random);
  return {
    kind: 'two-way',
    pieces: pieces.map((p, i) => ({ ...p, isReversed: i % 2 === 1 })),
    crossingIndex: undefined,
  };
}

function piece(offsetSteps: number, amountMinor: number): Piece {
  return { offsetSteps, amountMinor, isReversed: false };
}

// Few pieces more often than many.
function drawPieceCount(random: Random): number {
  return PIECES_MIN + Math.floor((PIECES_MAX - PIECES_MIN + 1) * random.fraction() ** 2);
}

/** Steps from the first to the last piece: less than the window, now and then just less. */
function drawSpan(count: number, rule: CaseRule, random: Random): number {
  if (random.chance(NEAR_WHOLE_WINDOW_SHARE)) return rule.windowSteps - random.between(1, 5);
  return random.between(4 * count, Math.floor(rule.windowSteps * 0.9));
}

/** `count` amounts that add up to `total`, the largest less than three times the smallest. */
function split(total: number, count: number, random: Random): number[] {
  const weights = drawWeights(count, random);
  const sum = weights.reduce((a, b) => a + b, 0);
  const amounts = weights.map((weight) => Math.floor((total * weight) / sum));
  const rest = total - amounts.reduce((a, b) => a + b, 0);
  amounts[count - 1] = (amounts[count - 1] as number) + rest;
  return amounts;
}

/** Two amounts that are over the threshold together, neither by itself. */
function overInTwo(threshold: number, random: Random): number[] {
  const first = random.between(Math.ceil(threshold * 0.3), Math.floor(threshold * 0.9));
  return [first, threshold - first + random.between(1, Math.floor(threshold / 10))];
}

/** The amounts as pieces at uneven distances, the last one at exactly `spanSteps`. */
function place(amounts: readonly number[], spanSteps: number, random: Random): { pieces: Piece[] } {
  const last = amounts.length - 1;
  const weights = drawWeights(last, random);
  const sum = weights.reduce((a, b) => a + b, 0);
  let offset = 0;
  const pieces = amounts.map((amountMinor, i) => {
    if (i > 0) offset += Math.floor((spanSteps * (weights[i - 1] as number)) / sum);
    return piece(i === last ? spanSteps : offset, amountMinor);
  });
  return { pieces };
}

function cross(amounts: readonly number[], rule: CaseRule): { crossingIndex: number } {
  let total = 0;
  const crossingIndex = amounts.findIndex((amountMinor) => {
    total += amountMinor;
    return total > rule.thresholdMinor;
  });
  return { crossingIndex };
}

function drawWeights(count: number, random: Random): number[] {
  return Array.from({ length: count }, () => 0.5 + random.fraction());
}
