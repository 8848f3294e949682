import { expect, test } from 'vitest';
import type { Transaction } from '#shared/domain/transaction.ts';
import type { Answer } from '#shared/http/answer.ts';
import { REBUILD_HEADER } from '#shared/journal/epoch.ts';
import { Refused } from '../oracle/naive-json.ts';
import type { NaiveReading } from '../oracle/naive-reading.ts';
import { checkAnswer } from './check-answer.ts';
import { TRANSACTION_EXAMPLES } from './examples.ts';
import { expectSame, naively } from './expect-transaction.ts';
import { fuzz, runsOr } from './fuzz-runs.ts';
import { createFuzzedScore } from './fuzzed-score.ts';

/**
 * Mutated requests at score's door, against a second reading of the specification: the door never
 * answers 500, and takes a request exactly when the naive reading does, with the same values.
 */
const RUNS = runsOr(200_000);

/** Holds an answer, and what was scored for it, against what the naive reading says. */
function compare(answer: Answer, scored: readonly Transaction[], naive: NaiveReading | Refused) {
  const { status, headers } = answer;
  if (naive instanceof Refused) {
    if (status < 300) throw new Error(`accepted; the naive reading wants ${naive.message}`);
    if (scored.length > 0) throw new Error('refused, and yet scored');
    return;
  }
  if (status >= 300)
    throw new Error(`refused: ${headers['kne-detail']}; the naive reading takes it`);
  if (naive.kind === 'one') {
    if (scored.length !== 1) throw new Error(`scored ${scored.length} times`);
    expectSame(scored[0], naive.transaction);
    const { transactionId, pair } = status === 200 ? JSON.parse(answer.body ?? '') : {};
    if (naive.isPlain && status !== 200) throw new Error(`answered ${status}`);
    if (status === 204) return;
    if (transactionId !== scored[0]?.id) throw new Error(`the outcome is of ${transactionId}`);
    if (pair.origin !== scored[0]?.origin) throw new Error(`the outcome is of ${pair.origin}`);
    return;
  }
  const results: { status?: number; reason?: string; transactionId?: string }[] = JSON.parse(
    answer.body ?? '',
  );
  expect(results).toHaveLength(naive.items.length);
  const byId = new Map(scored.map((transaction) => [transaction.id, transaction]));
  naive.items.forEach((item, i) => {
    const { status: refused, reason, transactionId = '' } = results[i] ?? {};
    const isRefused = item instanceof Refused;
    // It was read, and came after a newer one of its pair.
    if (reason === 'late' && !isRefused) return;
    if ((refused !== undefined) !== isRefused || reason === 'late')
      throw new Error(`item ${i}: ${reason}`);
    // Of two with one id the second is a duplicate, whatever it says.
    const isAlone = scored.filter(({ id }) => id === transactionId).length === 1;
    if (!isRefused && isAlone) expectSame(byId.get(transactionId), item);
  });
}

test(`takes what the specification takes, refuses the rest, ${RUNS} mutated requests long (H, P, S1, S4)`, async () => {
  const score = createFuzzedScore();
  const accepted: Record<string, number> = {};
  const reasons: Record<string, number> = {};
  const count = (counts: Record<string, number>, name: string): void => {
    counts[name] = (counts[name] ?? 0) + 1;
  };
  await fuzz(RUNS, TRANSACTION_EXAMPLES, async (request, form) => {
    const { answer, scored } = await score.answer(request);
    checkAnswer(answer);
    compare(answer, scored, naively(request, [REBUILD_HEADER]));
    if (scored.length > 0) count(accepted, form);
    count(reasons, answer.headers['kne-reason'] ?? 'none');
  });
  process.stdout.write(`accepted ${JSON.stringify(accepted)}, ${JSON.stringify(reasons)}\n`);
  expect(score.logged).toEqual([]);
  expect(Object.keys(Object.prototype)).toEqual([]);
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  if (RUNS < 100_000) return;
  // The mutations are worth something only while all of this is reached often.
  for (const form of Object.keys(TRANSACTION_EXAMPLES)) {
    expect(accepted[form], form).toBeGreaterThan(RUNS / 50);
  }
  for (const reason of ['malformed', 'invalid', 'mediatype', 'future', 'toolarge']) {
    expect(reasons[reason], reason).toBeGreaterThan(10);
  }
}, 300_000);
