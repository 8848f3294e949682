import { afterEach, expect, test, vi } from 'vitest';
import { type Readiness, watchReadiness } from './readiness.ts';

let readiness: Readiness | undefined;
afterEach(() => readiness?.stop());

/** Watches a dependency that answers with one item of the list after the other, then the last. */
function watch(answers: (string | undefined | Error)[], failuresMax: number) {
  let checks = 0;
  readiness = watchReadiness({
    problem: async () => {
      const answer = answers[Math.min(checks++, answers.length - 1)];
      if (answer instanceof Error) throw answer;
      return answer;
    },
    intervalMs: 1,
    failuresMax,
  });
  return { reason: readiness.notReadyReason, checks: () => checks };
}

test('is not ready before the first check, ready after a good one (facts 3)', async () => {
  const { reason } = watch([undefined], 3);
  expect(reason()).toBe('not checked yet');
  await vi.waitUntil(() => reason() === undefined);
});

test('says what is wrong when the first check is bad', async () => {
  const { reason } = watch(['redis is away'], 3);
  await vi.waitUntil(() => reason() === 'redis is away');
});

test('stays ready over a few bad checks, not over many in a row (facts 3)', async () => {
  const few = watch([undefined, 'a', 'a', undefined], 3);
  await vi.waitUntil(() => few.checks() > 5);
  expect(few.reason()).toBeUndefined();
  readiness?.stop();
  const many = watch([undefined, 'a', 'a', 'b'], 3);
  await vi.waitUntil(() => many.reason() === 'b');
});

test('takes a check that rejects for a bad one', async () => {
  const { reason } = watch([new Error('boom')], 1);
  await vi.waitUntil(() => reason() === 'Error: boom');
});
