import fc from 'fast-check';
import { expect, test } from 'vitest';
import { drawCase, drawKind, type PlantedCase } from './cases.ts';
import { CASE_KINDS, type CaseKind } from './label.ts';
import { createRandom } from './random.ts';

const KINDS = Object.keys(CASE_KINDS) as CaseKind[];
const ruleOf = fc.record({
  thresholdMinor: fc.integer({ min: 1000, max: 1_000_000_000_000 }),
  windowSteps: fc.integer({ min: 100, max: 86_400_000 }),
});
const total = (planted: PlantedCase): number =>
  planted.pieces.reduce((sum, piece) => sum + piece.amountMinor, 0);
const span = (planted: PlantedCase): number => planted.pieces.at(-1)?.offsetSteps ?? Number.NaN;

test('draws pieces at rising offsets with amounts above zero, for any rule and kind', () => {
  fc.assert(
    fc.property(ruleOf, fc.nat(), fc.constantFrom(...KINDS), (rule, seed, kind) => {
      const planted = drawCase(kind, rule, createRandom(seed));
      let lastSteps = -1;
      for (const piece of planted.pieces) {
        expect(piece.offsetSteps).toBeGreaterThan(lastSteps);
        expect(Number.isSafeInteger(piece.amountMinor) && piece.amountMinor > 0).toBe(true);
        lastSteps = piece.offsetSteps;
      }
      expect(planted.pieces[0]?.offsetSteps).toBe(0);
      expect(planted.crossingIndex === undefined).toBe(CASE_KINDS[kind].expected === 'none');
    }),
  );
});

test('needs every piece of a structuring case: the total is over by less than the smallest', () => {
  fc.assert(
    fc.property(ruleOf, fc.nat(), (rule, seed) => {
      const planted = drawCase('structuring', rule, createRandom(seed));
      const smallest = Math.min(...planted.pieces.map((piece) => piece.amountMinor));
      expect(total(planted)).toBeGreaterThan(rule.thresholdMinor);
      expect(total(planted) - smallest).toBeLessThanOrEqual(rule.thresholdMinor);
      expect(planted.crossingIndex).toBe(planted.pieces.length - 1);
      expect(span(planted)).toBeLessThan(rule.windowSteps);
    }),
  );
});

test('plants exact sums, and near misses just under them (D2)', () => {
  fc.assert(
    fc.property(ruleOf, fc.nat(), (rule, seed) => {
      expect(total(drawCase('exact', rule, createRandom(seed)))).toBe(rule.thresholdMinor);
      const nearMiss = total(drawCase('near-miss', rule, createRandom(seed)));
      expect(nearMiss).toBeLessThan(rule.thresholdMinor);
      expect(nearMiss).toBeGreaterThanOrEqual(Math.floor(rule.thresholdMinor * 0.97));
    }),
  );
});

test('puts the two pieces of a straddle exactly W apart, of an inside case one step less (D1)', () => {
  const rule = { thresholdMinor: 1_000_000, windowSteps: 600_000 };
  const straddle = drawCase('straddle', rule, createRandom(5));
  expect([straddle.pieces.length, span(straddle)]).toEqual([2, 600_000]);
  expect(total(straddle)).toBeGreaterThan(rule.thresholdMinor);
  const inside = drawCase('inside', rule, createRandom(5));
  expect([inside.pieces.length, span(inside)]).toEqual([2, 599_999]);
});

test('draws every kind, 2 to 20 pieces, short spans and almost whole windows', () => {
  const random = createRandom(9);
  const rule = { thresholdMinor: 1_000_000, windowSteps: 600_000 };
  const kinds = new Set(Array.from({ length: 1000 }, () => drawKind(random)));
  expect([...kinds].sort()).toEqual([...KINDS].sort());
  const cases = Array.from({ length: 1000 }, () => drawCase('structuring', rule, random));
  const counts = new Set(cases.map((planted) => planted.pieces.length));
  expect([Math.min(...counts), Math.max(...counts)]).toEqual([2, 20]);
  expect(Math.max(...cases.map(span))).toBe(599_999);
  expect(Math.min(...cases.map(span))).toBeLessThan(30_000);
});
