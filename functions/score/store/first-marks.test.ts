import { expect, it } from 'vitest';
import { CHUNK_OFFSETS } from '#shared/journal/offset-marks.ts';
import { FIRST_MARKS, FirstMarks } from './first-marks.ts';

const accepted = (offset: number, partition = 0) => ({
  mark: 'accepted' as const,
  place: { partition, offset },
});

it('keeps the first marks of a chunk one by one, and gives the rest to its string (P)', () => {
  const marks = new FirstMarks();
  const all = Array.from({ length: FIRST_MARKS + 3 }, (_, i) => accepted(i));
  const { first, rest } = marks.part(all);
  expect(first).toEqual([{ partition: 0, chunk: 0, bits: expect.arrayContaining(['0', '126']) }]);
  expect(first[0]?.bits).toHaveLength(FIRST_MARKS);
  expect(rest).toEqual(all.slice(FIRST_MARKS));
});

it('has no string begun by a thousand places that are far from each other (P)', () => {
  const marks = new FirstMarks();
  const far = Array.from({ length: 1000 }, (_, i) => accepted(i * CHUNK_OFFSETS, i % 7));
  const { first, rest } = marks.part(far);
  expect(first).toHaveLength(1000);
  expect(rest).toEqual([]);
});

it('forgets counts, never marks, when more chunks are named than any topic has (P)', () => {
  const marks = new FirstMarks();
  marks.part([accepted(1)]);
  marks.part(Array.from({ length: 10_000 }, (_, i) => accepted(i * CHUNK_OFFSETS, 1)));
  const again = Array.from({ length: FIRST_MARKS }, (_, i) => accepted(i));
  const { first, rest } = marks.part(again);
  expect(first[0]?.bits).toHaveLength(FIRST_MARKS);
  expect(rest).toEqual([]);
});

it('leaves alone what came from no topic', () => {
  const { first, rest } = new FirstMarks().part([{ mark: 'accepted', place: undefined }]);
  expect([first, rest]).toEqual([[], []]);
});
