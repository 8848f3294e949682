import { expect, it } from 'vitest';
import { isGood } from './lane-result.ts';
import { countTests, type VitestReport } from './vitest-report.ts';

type Status = [name: string, status: string];

function report(status: string, tests: readonly Status[], message = ''): VitestReport {
  const assertionResults = tests.map(([fullName, status]) => ({ fullName, status }));
  return { testResults: [{ name: 'a.test.ts', status, message, assertionResults }] };
}

const GOOD_RUN = { isGood: true, seconds: 1 };
const BAD_RUN = { isGood: false, seconds: 1 };

it('counts what passed', () => {
  const result = countTests('unit', report('passed', [['a', 'passed']]), GOOD_RUN);
  expect(result).toEqual({
    ...{ name: 'unit', passed: 1, failed: 0, skipped: 0, seconds: 1, reasons: [] },
  });
  expect(isGood(result)).toBe(true);
});

it.each<[string, VitestReport, boolean, object]>([
  [
    'a failed test',
    report('failed', [
      ['a', 'passed'],
      ['b', 'failed'],
    ]),
    false,
    { passed: 1, failed: 1, reasons: ['failed: b'] },
  ],
  [
    'a skipped test',
    report('passed', [
      ['a', 'passed'],
      ['b', 'skipped'],
    ]),
    true,
    { passed: 1, failed: 0, skipped: 1, reasons: ['skipped: b'] },
  ],
  [
    'a test that is still to be written',
    report('passed', [['b', 'todo']]),
    true,
    { skipped: 1, reasons: ['todo: b'] },
  ],
  [
    'a file that broke before its first test',
    report('failed', [], 'Cannot find module\n  at'),
    false,
    { failed: 1, reasons: ['failed: a.test.ts: Cannot find module'] },
  ],
  [
    'a file whose end broke although its tests passed',
    report('failed', [['a', 'passed']], 'afterAll broke'),
    false,
    { passed: 1, failed: 1, reasons: ['failed: a.test.ts: afterAll broke'] },
  ],
  [
    'a run that ended badly although all is said to be well',
    report('passed', [['a', 'passed']]),
    false,
    { passed: 1, failed: 1 },
  ],
  ['a lane without tests', { testResults: [] }, true, { failed: 1 }],
])('is not good after %s', (_what, vitestReport, isGoodRun, expected) => {
  const result = countTests('unit', vitestReport, isGoodRun ? GOOD_RUN : BAD_RUN);
  expect(result).toMatchObject(expected);
  expect(isGood(result)).toBe(false);
});
