import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CHUNK_OFFSETS, intervalsOf, type Mark } from '#shared/journal/offset-marks.ts';
import { markWrites } from './mark-writes.ts';

type Marked = { readonly mark: Mark; readonly place: { partition: number; offset: number } };

/** As Redis does it. */
function chunksAfter(writes: ReturnType<typeof markWrites>): Map<string, Uint8Array> {
  const all = new Map<string, Uint8Array>();
  for (const { partition, chunk, sets } of writes) {
    const bytes = all.get(`${partition}:${chunk}`) ?? new Uint8Array(CHUNK_OFFSETS / 4);
    all.set(`${partition}:${chunk}`, bytes);
    for (const { encoding, offset, value } of sets) {
      const width = Number(encoding.slice(1));
      for (let i = 0; i < width; i++) {
        const isSet = (BigInt(value) >> BigInt(width - 1 - i)) & 1n;
        const mask = 0x80 >> ((offset + i) & 7);
        const at = (offset + i) >> 3;
        bytes[at] = ((bytes[at] as number) & ~mask) | (isSet ? mask : 0);
      }
    }
  }
  return all;
}

const offsets = fc.oneof(
  fc.integer({ min: 0, max: 90 }),
  fc.integer({ min: CHUNK_OFFSETS - 40, max: CHUNK_OFFSETS + 40 }),
);

it('marks what it is given and nothing else, whatever comes together (L4)', () => {
  const marks = fc.array(
    fc.record({
      mark: fc.constantFrom<Mark>('accepted', 'accepted', 'accepted', 'refused'),
      place: fc.record({ partition: fc.nat(1), offset: offsets }),
    }),
    { size: 'max', maxLength: 150 },
  );
  const flushes = fc.array(marks, { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(flushes, (all) => {
      const expected = new Map<string, Mark>();
      for (const { mark, place } of all.flat()) {
        const name = `${place.partition}/${place.offset}`;
        if (expected.get(name) !== 'accepted') expected.set(name, mark);
      }
      const chunks = chunksAfter(all.flatMap(markWrites));
      const told: [string, Mark][] = [];
      for (const [name, bytes] of chunks) {
        const [partition, chunk = 0] = name.split(':').map(Number);
        for (const { from, to, mark } of intervalsOf(new Map([[chunk, bytes]]))) {
          for (let offset = from; offset < to; offset++)
            told.push([`${partition}/${offset}`, mark]);
        }
      }
      expect(new Map(told)).toEqual(expected);
    }),
  );
});

it('needs one SET for neighbours, and few for many', () => {
  const accepted = (offset: number): Marked => ({
    ...{ mark: 'accepted', place: { partition: 0, offset } },
  });
  const sets = (...places: number[]): number =>
    markWrites(places.map(accepted)).flatMap((write) => write.sets).length;
  expect(sets(7, 5, 6)).toBe(1);
  expect(sets(7, 5, 9)).toBe(3);
  expect(sets(...Array.from({ length: 260 }, (_, i) => 1000 + i))).toBe(10);
});
