import { expect, it } from 'vitest';
import type { Rule } from '#shared/domain/rule.ts';
import { RULE } from '../../functions/score/store/contract-cases.ts';
import { QuietPairs } from './quiet-pairs.ts';
import type { Row } from './replay.ts';
import { emptyRow } from './rows-of-records.ts';

const rule: Rule = { ...RULE, windowMs: 10, allowedLatenessMs: 5, thresholdMinor: 100 };

function row(eventTimeMs: number, amountMinor: number, id?: string): Row {
  const named = id === undefined ? {} : { isIdOwn: false, id };
  return { ...emptyRow(), line: eventTimeMs, eventTimeMs, amountMinor, ...named };
}

function quiet(...rows: readonly Row[]): QuietPairs {
  const pairs = new QuietPairs(rule);
  pairs.open();
  for (const each of rows) expect(pairs.hold(0, each)).toBe(true);
  return pairs;
}

function held(pairs: QuietPairs, pair: number): unknown[] {
  const given: unknown[] = [];
  pairs.handOver(pair, (...each) => given.push(each));
  return given;
}

it('holds a pair while all that the core would remember is not over the threshold', () => {
  const pairs = quiet(row(1, 60), row(2, 40));
  expect(pairs.hold(0, row(3, 1))).toBe(false);
  expect(held(pairs, 0)).toEqual([
    [1, 1, 60],
    [2, 2, 40],
  ]);
  expect(pairs.isQuiet(0)).toBe(false);
  expect(pairs.hold(0, row(99, 1))).toBe(false);
});

it('begins anew where the core would have forgotten all, and when it is given a pair back', () => {
  const pairs = quiet(row(1, 100), row(26, 100, 'a'));
  expect(held(pairs, 0)).toEqual([['a', 26, 100]]);
  pairs.takeBack(0);
  expect(pairs.hold(0, row(5, 100))).toBe(true);
});

it('lets the core judge what is out of order, or has an id that is there', () => {
  const pairs = quiet(row(5, 1, 'a'), row(6, 1, 'b'));
  expect(pairs.hold(0, row(5, 1, 'c'))).toBe(false);
  expect(pairs.hold(0, row(7, 1, 'a'))).toBe(false);
});

it('keeps what is held while it makes room, and in another collection', () => {
  const pairs = quiet();
  for (let pair = 1; pair < 3000; pair++) pairs.open();
  for (let t = 0; t < 30_000; t++)
    expect(pairs.hold(t % 3000, row(t, t % 3000 === 7 ? 9 : 1))).toBe(true);
  const other = quiet();
  other.openFrom(pairs, 7);
  expect(other.newestTimeMs(1)).toBe(27_007);
  // Those at 3,000 apart are forgotten, each by the next.
  expect(held(pairs, 7)).toEqual([[27_007, 27_007, 9]]);
  expect(held(other, 1)).toEqual([[27_007, 27_007, 9]]);
});
