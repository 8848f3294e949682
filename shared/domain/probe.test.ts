import { expect, it } from 'vitest';
import { isProbe, PROBE_ORIGIN } from './probe.ts';

it.each([
  [true, PROBE_ORIGIN, true],
  [true, '66', false],
  [false, PROBE_ORIGIN, false],
  [false, '66', false],
])('marked: %s, paid from %s: is a probe: %s', (isMarked, origin, expected) => {
  expect(isProbe(isMarked, { origin })).toBe(expected);
});
