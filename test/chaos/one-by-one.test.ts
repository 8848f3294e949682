import { afterAll, beforeAll, expect, it } from 'vitest';
import { stepsOf } from '../../local/chaos/chaos-program.ts';
import type { ChaosRun } from '../../local/chaos/chaos-run.ts';
import { chaosForTest, UNHARMED } from './stage-for-test.ts';

/**
 * One stage for all, as a user plays them: each fault strikes what the ones before it left.
 * Ordered, so that the fraud events must be the oracle's to the letter.
 */
let run: ChaosRun;
beforeAll(async () => {
  run = await chaosForTest();
}, 120_000);
afterAll(() => run?.stop(), 60_000);

it.each(stepsOf([]).map(({ name, faults }) => [name, faults] as const))(
  'loses nothing and doubles nothing by %s (L1, L2, L3, L4)',
  { timeout: 600_000 },
  async (name, faults) => {
    const result = await run.play(name, faults);
    expect(result).toMatchObject(UNHARMED);
    expect(result.times).toBeGreaterThanOrEqual(faults.filter(({ isSure }) => isSure).length);
  },
);
