import { expect, it, onTestFinished } from 'vitest';
import { AppError } from '#shared/errors.ts';
import {
  eventHeaders,
  expectRefusal,
  NOW_MS,
  type ScoreHarness,
  startScore,
  transactionAt,
} from './app-harness.ts';
import type { Journal } from './journal.ts';
import { createMemoryJournal } from './store/memory-journal.ts';

async function startWith(broken: Partial<Journal>): Promise<ScoreHarness & { journal: Journal }> {
  const journal = {
    ...createMemoryJournal({ now: () => NOW_MS, receiptsLifeMs: 60_000 }),
    ...broken,
  };
  const score = await startScore({ journal });
  onTestFinished(score.stop);
  return { ...score, journal };
}

const lost = (): AppError => new AppError('state', 'Redis has lost all that was acknowledged');
const place = { 'ce-knativekafkapartition': '0', 'ce-knativekafkaoffset': '7' };

it('answers 503 and scores nothing while what was acknowledged is lost (L3)', async () => {
  const score = await startWith({
    admit: () => {
      throw lost();
    },
  });
  const problem = await expectRefusal(await score.post(transactionAt(1)), 503, 'state');
  expect(problem.detail).toContain('has lost');
  expect((await fetch(`${score.url}/pairs/66/26`)).status).toBe(404);
});

it('lets in what reads the topic again, by its header (L3)', async () => {
  const heard: (string | undefined)[] = [];
  const score = await startWith({
    admit: (_place, rebuildId) => {
      heard.push(rebuildId);
      return undefined;
    },
  });
  await score.post(transactionAt(1), { ...eventHeaders('a'), 'splitwatch-rebuild': 'second' });
  await score.post(transactionAt(1), eventHeaders('b'));
  expect(heard).toEqual(['second', undefined]);
});

it('acknowledges only what is noted (L1)', async () => {
  const score = await startWith({ accepted: () => Promise.reject(lost()) });
  await expectRefusal(await score.post(transactionAt(1), eventHeaders('a')), 503, 'state');
  expect(await score.metric('splitwatch_transactions_total{outcome="counted"}')).toBe(0);
});

it('marks what it refuses for good, and not what may come again (L4)', async () => {
  const score = await startWith({});
  const marks = async () => [...(await score.journal.marks())];
  await score.post('{', { ...eventHeaders('a'), ...place });
  expect(await marks()).toEqual([[0, [{ from: 7, to: 8, mark: 'refused' }]]]);
  const away = await startWith({ admit: () => Promise.reject(lost()) });
  await away.post(transactionAt(1), { ...eventHeaders('b'), ...place });
  expect([...(await away.journal.marks())]).toEqual([]);
});
