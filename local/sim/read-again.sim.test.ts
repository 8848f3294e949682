import { availableParallelism } from 'node:os';
import { expect, it } from 'vitest';
import type { FaultName } from './faults/fault-kinds.ts';
import { runMany } from './run-many.ts';
import { createTally, formatFailure } from './sim-report.ts';

const RUNS = 20;

async function tallyOf(faults: readonly FaultName[]) {
  const tally = createTally();
  const failed = await runMany({
    runs: Array.from({ length: RUNS }, (_, i) => {
      return { seed: i + 1, hours: 4, profile: 'storm', only: new Set(faults) } as const;
    }),
    workers: availableParallelism(),
    onResult: (result) => tally.add(result),
  });
  expect(failed && formatFailure(failed, 1, '')).toBeUndefined();
  return tally.summary(0);
}

it('makes totals right again by reading the topic again after Redis forgot (L3)', async () => {
  const losses = ['redis-lost', 'redis-last-second', 'redis-stale-replica'] as const;
  const { counts, faults } = await tallyOf([...losses, 'reorder']);
  for (const name of losses) expect(faults[name]).toBeGreaterThan(RUNS);
  expect(counts).toMatchObject({ lost: 0, doubled: 0 });
}, 120_000);

it('changes nothing by reading the topic again where nothing was lost (L3)', async () => {
  const { counts, faults } = await tallyOf(['reread', 'reorder']);
  expect(faults.reread).toBeGreaterThan(RUNS);
  // They came again, and each was answered as the first time: the ledger has compared.
  expect(counts.duplicates).toBeGreaterThan(counts.transactions / 10);
  expect(counts).toMatchObject({ lost: 0, doubled: 0 });
}, 120_000);
