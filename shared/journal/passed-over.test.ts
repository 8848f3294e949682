import { expect, it } from 'vitest';
import { countPassedOver } from './passed-over.ts';

const accepted = (from: number, to: number) => ({ from, to, mark: 'accepted' as const });
const MINUTE_MS = 60_000;

it('counts offsets that were passed over and have not come for minutes (L4)', () => {
  const seen = new Map<string, number>();
  const marks = new Map([
    [0, [accepted(0, 5), accepted(7, 9)]],
    [1, [accepted(0, 1), accepted(2, 3)]],
  ]);
  expect(countPassedOver(marks, seen, 0)).toBe(0);
  expect(countPassedOver(marks, seen, 2 * MINUTE_MS)).toBe(0);
  expect(countPassedOver(marks, seen, 3 * MINUTE_MS)).toBe(3);
  marks.set(0, [accepted(0, 9)]);
  expect(countPassedOver(marks, seen, 4 * MINUTE_MS)).toBe(1);
});

it('begins to wait anew for a gap that was filled and is another', () => {
  const seen = new Map<string, number>();
  countPassedOver(new Map([[0, [accepted(0, 5), accepted(6, 9)]]]), seen, 0);
  countPassedOver(new Map([[0, [accepted(0, 9)]]]), seen, MINUTE_MS);
  const other = new Map([[0, [accepted(0, 9), accepted(12, 13)]]]);
  expect(countPassedOver(other, seen, 4 * MINUTE_MS)).toBe(0);
});
