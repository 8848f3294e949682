import { expect, it } from 'vitest';
import { FAULTS } from '../../local/chaos/faults.ts';
import { chaosForTest, UNHARMED } from './stage-for-test.ts';

it('loses nothing of batches by every fault at once and Redis lost, ordered (L2, L3, L4)', {
  timeout: 600_000,
}, async () => {
  const run = await chaosForTest({ source: 'batch', seed: 3 });
  try {
    expect(await run.play('all', FAULTS)).toMatchObject(UNHARMED);
  } finally {
    await run.stop();
  }
});
