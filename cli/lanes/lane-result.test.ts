import { expect, it } from 'vitest';
import { formatResults, isGood, notStarted } from './lane-result.ts';

const UNIT = { name: 'unit', passed: 12, failed: 0, skipped: 0, seconds: 1.26, reasons: [] };

it('shows a row for each lane, the reasons, and the count of all as the last line', () => {
  const redis = { ...UNIT, name: 'redis', failed: 1, skipped: 2, reasons: ['failed: a'] };
  expect(formatResults([UNIT, redis, notStarted('kafka', 'cannot start: no Java')])).toBe(
    `lane       passed   failed  skipped  seconds
unit           12        0        0      1.3
redis          12        1        2      1.3
kafka           0        1        0      0.0
redis: failed: a
kafka: cannot start: no Java

24 passed, 4 failed
`,
  );
});

it('takes a lane that could not start, skipped tests or ran none as not good', () => {
  expect(isGood(UNIT)).toBe(true);
  expect(isGood(notStarted('kafka', 'no Java'))).toBe(false);
  expect(isGood({ ...UNIT, skipped: 1 })).toBe(false);
  expect(isGood({ ...UNIT, passed: 0 })).toBe(false);
});
