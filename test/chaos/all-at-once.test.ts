import { expect, it } from 'vitest';
import { FAULTS } from '../../local/chaos/faults.ts';
import { chaosForTest, UNHARMED } from './stage-for-test.ts';

it('loses no total and no episode, unordered, by every fault at once and Redis lost (O4, L3)', {
  timeout: 600_000,
}, async () => {
  const run = await chaosForTest({ ordering: 'unordered', seed: 2 });
  try {
    expect(await run.play('all', FAULTS)).toMatchObject(UNHARMED);
  } finally {
    await run.stop();
  }
});
