/** How a lane went. Where something failed without being a test, `reasons` says what. */
export interface LaneResult {
  readonly name: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly seconds: number;
  /** One line each: what failed, was skipped, or kept the lane from starting. */
  readonly reasons: readonly string[];
}

/** A lane that never started, for one reason; counts as one failure, never as a skip. */
export function notStarted(name: string, reason: string): LaneResult {
  return { name, passed: 0, failed: 1, skipped: 0, seconds: 0, reasons: [reason] };
}

/** The lane is in order: it ran tests and all of them passed. */
export function isGood({ passed, failed, skipped }: LaneResult): boolean {
  return passed > 0 && failed === 0 && skipped === 0;
}

/** The table of lanes, what went wrong, and as the last line the count of all. */
export function formatResults(results: readonly LaneResult[]): string {
  const row = (cells: readonly (string | number)[]): string =>
    cells
      .map((cell, index) => (index === 0 ? `${cell}`.padEnd(8) : `${cell}`.padStart(9)))
      .join('');
  const lines = [row(['lane', 'passed', 'failed', 'skipped', 'seconds'])];
  for (const { name, passed, failed, skipped, seconds } of results) {
    lines.push(row([name, passed, failed, skipped, seconds.toFixed(1)]));
  }
  for (const { name, reasons } of results) {
    for (const reason of reasons) lines.push(`${name}: ${reason}`);
  }
  // A skipped test checked nothing: it counts as failed.
  const failed = results.reduce((sum, result) => sum + result.failed + result.skipped, 0);
  const passed = results.reduce((sum, result) => sum + result.passed, 0);
  return `${lines.join('\n')}\n\n${passed} passed, ${failed} failed\n`;
}
