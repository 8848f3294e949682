import { availableParallelism } from 'node:os';
import { expect, it } from 'vitest';
import { FAULT_NAMES } from './faults/fault-kinds.ts';
import { runMany } from './run-many.ts';
import { createTally, formatFailure } from './sim-report.ts';

/** `./splitwatch sim --seed 1 --runs 500 --hours 2` plays the same. */
const RUNS = 500;
const HOURS = 2;

it('keeps every promise through 1,000 hours of faults (D1–D7, O1–O4, L1–L5)', async () => {
  const tally = createTally();
  const failed = await runMany({
    runs: Array.from({ length: RUNS }, (_, i) => ({ seed: i + 1, hours: HOURS, profile: 'all' })),
    workers: availableParallelism(),
    onResult: (result) => tally.add(result),
  });
  expect(failed && formatFailure(failed, 1, '')).toBeUndefined();

  const { simulatedHours, counts, faults } = tally.summary(0);
  expect(simulatedHours).toBe(1_000);
  expect(counts).toMatchObject({ lost: 0, doubled: 0 });
  // The promises were put to the test: each fault was done, and there was much to go wrong.
  expect(FAULT_NAMES.filter((name) => faults[name] === undefined)).toEqual([]);
  expect(counts.transactions).toBeGreaterThan(200 * simulatedHours);
  expect(counts.alerts).toBeGreaterThan(10 * simulatedHours);
  for (const name of ['duplicates', 'late', 'deadLetters', 'givenUp', 'repeated'] as const) {
    expect({ [name]: counts[name] }).not.toEqual({ [name]: 0 });
  }
}, 600_000);
