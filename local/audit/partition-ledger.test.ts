import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Mark, MarkedInterval } from '#shared/journal/offset-marks.ts';
import { markOf, type OffsetKind, type PartitionFacts } from './offset-kinds.ts';
import { PartitionLedger } from './partition-ledger.ts';

const NOW_MS = Date.parse('2026-11-22T10:00:00.000Z');
const DAY_MS = 86_400_000;

const accepted = (from: number, to: number) => ({ from, to, mark: 'accepted' as const });
const refused = (from: number, to: number) => ({ from, to, mark: 'refused' as const });

function ledger(
  more: Partial<PartitionFacts> & { low?: number; begin?: number; end?: number } = {},
): PartitionLedger {
  const { low = 0, begin = low, end = 100, ...facts } = more;
  return new PartitionLedger(
    { partition: 3, low, begin, end },
    {
      ...{ marks: [], letters: new Map(), committed: 100, rebuiltUntil: 0 },
      ...{ marksSinceMs: NOW_MS - DAY_MS, lettersSinceMs: Number.NEGATIVE_INFINITY },
      ...facts,
    },
  );
}

const told = (one: PartitionLedger): unknown[] =>
  one.account().intervals.map(({ from, to, kind, note }) => [from, to, note ?? kind]);

describe('what became of each offset (L4)', () => {
  it('tells lost, dead-lettered and no record apart', () => {
    const one = ledger({
      marks: [accepted(0, 5), refused(5, 6), accepted(8, 98)],
      letters: new Map([[5, 'malformed, open']]),
    });
    for (let offset = 0; offset < 100; offset++) if (offset !== 7) one.take(offset, NOW_MS);
    expect(told(one)).toEqual([
      [0, 5, 'processed'],
      [5, 6, 'malformed, open'],
      [6, 7, 'lost'],
      [7, 8, 'not a record'],
      [8, 98, 'processed'],
      [98, 100, 'lost'],
    ]);
    expect(one.account().counts).toMatchObject({ processed: 95, lost: 3, 'not a record': 1 });
  });

  it.each<[string, OffsetKind, Partial<PartitionFacts>, number?]>([
    ['accepted, and a letter of a reply that was lost', 'processed', with5('accepted', true)],
    ['refused, and a letter', 'dead-lettered', with5('refused', true)],
    ['given up by delivery, and a letter', 'dead-lettered', with5(undefined, true)],
    ['refused, and no letter', 'refused without a dead letter', with5('refused')],
    ['refused, and the letter under way', 'pending', { ...with5('refused'), committed: 5 }],
    [
      'refused long ago, and letters deleted since',
      'too old to tell',
      {
        ...{ ...with5('refused'), lettersSinceMs: NOW_MS + 1 },
      },
    ],
    ['nothing, before the committed offset', 'lost', with5(undefined)],
    ['nothing, at the committed offset', 'pending', { committed: 5 }],
    ['nothing, written when marks are forgotten', 'too old to tell', {}, NOW_MS - DAY_MS - 1],
    ['nothing, written just after that', 'lost', {}, NOW_MS - DAY_MS],
    ['nothing, before a rebuild ended', 'before the rebuild', { rebuiltUntil: 6 }],
    ['nothing, just behind a rebuild', 'lost', { rebuiltUntil: 5 }],
    [
      'a letter, before a rebuild ended',
      'dead-lettered',
      {
        ...{ ...with5(undefined, true), rebuiltUntil: 6 },
      },
    ],
  ])('says of one with %s: %s', (_what, kind, facts, writtenMs = NOW_MS) => {
    expect(ledger(facts).take(5, writtenMs)).toBe(kind);
  });

  it('says of what is not read that it is older than a rebuild, or too old (L3)', () => {
    expect(told(ledger({ low: 10, begin: 30, end: 30, rebuiltUntil: 20 }))).toEqual([
      [10, 20, 'before the rebuild'],
      [20, 30, 'too old to tell'],
    ]);
    expect(told(ledger({ low: 10, begin: 30, end: 30, rebuiltUntil: 90 }))).toEqual([
      [10, 30, 'before the rebuild'],
    ]);
    expect(told(ledger({ end: 0 }))).toEqual([]);
  });

  it('speaks of every offset once, whatever stands where', () => {
    const offsets = fc.uniqueArray(fc.integer({ min: 20, max: 59 }));
    fc.assert(
      fc.property(
        offsets,
        offsets,
        fc.integer({ min: 0, max: 70 }),
        (records, marks, committed) => {
          const one = ledger({
            ...{ low: 10, begin: 20, end: 60, committed },
            marks: marks.sort((a, b) => a - b).map((offset) => accepted(offset, offset + 1)),
          });
          for (const offset of records.sort((a, b) => a - b)) one.take(offset, NOW_MS);
          const { intervals, counts } = one.account();
          expect(intervals[0]?.from).toBe(10);
          expect(intervals.at(-1)?.to).toBe(60);
          for (const [i, { from }] of intervals.entries()) {
            if (i > 0) expect(from).toBe(intervals[i - 1]?.to);
          }
          const isMarked = (offset: number) => marks.includes(offset);
          expect(counts).toMatchObject({
            ...{ processed: records.filter(isMarked).length, 'not a record': 40 - records.length },
            lost: records.filter((x) => !isMarked(x) && x < committed).length,
          });
        },
      ),
    );
  });
});

it('finds the mark of an offset among intervals', () => {
  const marks: MarkedInterval[] = [accepted(3, 5), refused(5, 6), accepted(9, 10)];
  const expected: readonly (Mark | undefined)[] = [
    ...[undefined, undefined, undefined, 'accepted', 'accepted', 'refused'],
    ...[undefined, undefined, undefined, 'accepted', undefined],
  ] as (Mark | undefined)[];
  expect(expected.map((_, offset) => markOf(offset, marks))).toEqual(expected);
});

function with5(mark: Mark | undefined, hasLetter = false): Partial<PartitionFacts> {
  return {
    marks: mark === undefined ? [] : [{ from: 5, to: 6, mark }],
    letters: new Map(hasLetter ? [[5, 'late, open']] : []),
  };
}
