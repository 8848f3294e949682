import { expect, test } from 'vitest';
import { createArrivalIds } from './arrival-ids.ts';

test('makes ids that rise, also when the clock stands still or goes back (D1)', () => {
  const clock = [1_000, 1_000, 999, 1_001, 1_001, 5_000_000_000_000];
  const makeId = createArrivalIds(() => clock.shift() as number, 'here');
  const ids = Array.from({ length: 6 }, () => makeId());
  expect(ids).toEqual(ids.toSorted());
  expect(ids[0]).toBe('0000000003e8-000000-here');
  expect(ids[2]).toBe('0000000003e8-000002-here');
});

test('makes other ids than another process does in the same millisecond (S3)', () => {
  const now = () => 1_000;
  expect(createArrivalIds(now)()).not.toBe(createArrivalIds(now)());
});
