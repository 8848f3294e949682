import type { LaneResult } from './lane-result.ts';

/** The part of vitest's JSON report that we read. */
export interface VitestReport {
  readonly testResults: readonly {
    /** Path of the file. */
    readonly name: string;
    readonly status: string;
    readonly message?: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

/**
 * Counts what a vitest run reported. Nothing can hide: a file that broke before its first test, a
 * run that ended badly although its tests passed, and a lane without tests each count as a failure.
 */
export function countTests(
  lane: string,
  report: VitestReport,
  run: { readonly isGood: boolean; readonly seconds: number },
): LaneResult {
  const reasons: string[] = [];
  let [passed, failed, skipped] = [0, 0, 0];
  for (const file of report.testResults) {
    const failedBefore = failed;
    for (const { fullName, status } of file.assertionResults) {
      if (status === 'passed') passed += 1;
      else if (status === 'failed') failed += 1;
      else skipped += 1;
      if (status !== 'passed') reasons.push(`${status}: ${fullName.trim()}`);
    }
    if (file.status !== 'passed' && failed === failedBefore && !allSkipped(file)) {
      failed += 1;
      reasons.push(`failed: ${file.name}: ${(file.message ?? '').trim().split('\n', 1)[0]}`);
    }
  }
  if (passed + failed + skipped === 0) {
    failed += 1;
    reasons.push('failed: no test was run, see above');
  } else if (failed === 0 && !run.isGood) {
    failed += 1;
    reasons.push('failed: vitest ended with an error, see above');
  }
  return { name: lane, passed, failed, skipped, seconds: run.seconds, reasons };
}

function allSkipped({ assertionResults }: VitestReport['testResults'][number]): boolean {
  return (
    assertionResults.length > 0 &&
    assertionResults.every(({ status }) => status !== 'passed' && status !== 'failed')
  );
}
