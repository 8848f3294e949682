import { expect, it } from 'vitest';
import { describeJournal, entry, RECEIPTS_LIFE_MS, START_MS } from './journal-contract.ts';
import { createMemoryJournal } from './memory-journal.ts';

function open(receiptsLifeMs = RECEIPTS_LIFE_MS) {
  let nowMs = START_MS;
  const setNow = (to: number): void => {
    nowMs = to;
  };
  const journal = createMemoryJournal({ now: () => nowMs, receiptsLifeMs });
  return { journal, setNow, close: async () => {} };
}

describeJournal('the memory journal', async () => open());

it('forgets receipts that are too old, and keeps none when told so', async () => {
  const { journal, setNow } = open();
  await journal.accepted(entry('old'));
  setNow(START_MS + RECEIPTS_LIFE_MS + 1);
  await journal.accepted(entry('new'));
  expect(await journal.receipts('old')).toEqual([]);
  expect(await journal.receipts('new')).toHaveLength(1);
  const none = open(0).journal;
  await none.accepted(entry('a'));
  expect(await none.receipts('a')).toEqual([]);
});
