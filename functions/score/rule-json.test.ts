import { expect, it } from 'vitest';
import { startScore } from './app-harness.ts';

it('tells by which rule it decides, with all that reading the topic again needs (L3)', async () => {
  const score = await startScore({ stateTtlMs: 7_200_000, limits: { maxFutureMs: 1000 } });
  expect(await (await fetch(`${score.url}/rule`)).json()).toEqual({
    ...{ id: 'pair-total', version: 1, groupBy: 'pair', updates: 'doubling' },
    ...{ windowMs: 600_000, allowedLatenessMs: 600_000, threshold: '10000.00' },
    ...{ maxFutureMs: 1000, stateTtlMs: 7_200_000 },
  });
  await score.stop();
});
