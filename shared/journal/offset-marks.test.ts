import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  bitOf,
  CHUNK_OFFSETS,
  chunkOf,
  gapsBetween,
  intervalsOf,
  type Mark,
  withBits,
} from './offset-marks.ts';

/** As Redis does it: SETBIT, with the first bit of a byte its highest. */
function chunksWith(marks: readonly (readonly [offset: number, mark: Mark])[]) {
  const chunks = new Map<number, Uint8Array>();
  for (const [offset, mark] of marks) {
    const bytes = chunks.get(chunkOf(offset)) ?? new Uint8Array(CHUNK_OFFSETS / 4);
    const bit = bitOf(offset, mark);
    bytes[bit >> 3] = (bytes[bit >> 3] as number) | (0x80 >> (bit & 7));
    chunks.set(chunkOf(offset), bytes);
  }
  return chunks;
}

const offsets = fc.oneof(
  fc.nat(40),
  fc.integer({ min: CHUNK_OFFSETS - 20, max: CHUNK_OFFSETS + 20 }),
  fc.integer({ min: 3 * CHUNK_OFFSETS, max: 3 * CHUNK_OFFSETS + 9 }),
);

it('tells of each offset what was marked last for good, in intervals that do not touch (L4)', () => {
  const marks = fc.array(fc.tuple(offsets, fc.constantFrom<Mark>('accepted', 'refused')), {
    size: 'max',
    maxLength: 120,
  });
  fc.assert(
    fc.property(marks, (all) => {
      const expected = new Map<number, Mark>();
      for (const [offset, mark] of all) {
        if (expected.get(offset) !== 'accepted') expected.set(offset, mark);
      }
      const intervals = intervalsOf(chunksWith(all));
      const told = intervals.flatMap(({ from, to, mark }) =>
        Array.from({ length: to - from }, (_, i) => [from + i, mark] as const),
      );
      expect(told).toEqual([...expected].sort(([a], [b]) => a - b));
      for (const [i, { from, mark }] of intervals.entries()) {
        const before = intervals[i - 1];
        expect(before?.to === from && before.mark === mark).toBe(false);
      }
    }),
  );
});

it('tells what lies between marks, over the edges of chunks', () => {
  const intervals = intervalsOf(
    chunksWith([
      [3, 'accepted'],
      [4, 'refused'],
      [7, 'accepted'],
      [CHUNK_OFFSETS * 2, 'accepted'],
    ]),
  );
  expect(gapsBetween(intervals)).toEqual([
    { from: 5, to: 7 },
    { from: 8, to: CHUNK_OFFSETS * 2 },
  ]);
  expect(gapsBetween([])).toEqual([]);
});

it('reads the same of bits in a string, in a set of their numbers, and in both (L4)', () => {
  const marks = fc.array(fc.tuple(fc.nat(900), fc.constantFrom<Mark>('accepted', 'refused')));
  fc.assert(
    fc.property(marks, marks, (some, others) => {
      const all = chunksWith([...some, ...others]);
      const bits = others.map(([offset, mark]) => bitOf(offset, mark));
      const bytes = withBits(chunksWith(some).get(0) ?? new Uint8Array(0), bits);
      expect(intervalsOf(new Map([[0, bytes]]))).toEqual(intervalsOf(all));
    }),
  );
});
