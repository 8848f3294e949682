import { availableParallelism } from 'node:os';
import { describe, expect, it } from 'vitest';
import { runMany } from '../run-many.ts';
import { PLANTED_BUGS, type PlantedBug, type PlantedBugName } from './planted-bugs.ts';

/** Of two hours each; the bug that hides best takes some 150 hours. */
const RUNS_MAX = 400;

describe('a bug planted into the product is found', () => {
  it.each(
    Object.entries(PLANTED_BUGS as Record<string, PlantedBug>).map(
      ([name, bug]) => [name, bug.summary, bug] as const,
    ),
  )(
    '%s: %s',
    async (name, _summary, { store, promise }) => {
      const failed = await runMany({
        runs: Array.from({ length: RUNS_MAX }, (_, i) => {
          return { seed: i + 1, hours: 2, profile: 'all', store } as const;
        }),
        workers: availableParallelism(),
        bug: name as PlantedBugName,
        isShrinking: false,
      });
      expect(failed?.result.violation?.invariant).toMatch(promise);
    },
    300_000,
  );
});
