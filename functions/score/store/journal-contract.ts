import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHUNK_OFFSETS } from '#shared/journal/offset-marks.ts';
import type { Journal, JournalEntry } from '../journal.ts';
import { transaction } from './contract-cases.ts';

/** A journal under test, and its clock. */
export interface OpenedJournal {
  readonly journal: Journal;
  readonly setNow: (nowMs: number) => void;
  readonly close: () => Promise<void>;
}

export const START_MS = Date.parse('2026-11-22T10:00:00.000Z');
export const RECEIPTS_LIFE_MS = 60_000;

/** What was answered to a transaction, with the id and the place given. */
export function entry(id: string, more: Partial<JournalEntry> = {}): JournalEntry {
  return {
    transaction: transaction({ t: START_MS, id, amount: 100 }),
    place: undefined,
    outcome: 'counted',
    totalMinor: 100n,
    transactionCount: 1,
    alertId: undefined,
    ...more,
  };
}

/** The contract of a journal: every implementation passes it. */
export function describeJournal(name: string, open: () => Promise<OpenedJournal>): void {
  describe(`${name} keeps the contract of a journal`, () => {
    let opened: OpenedJournal;
    let journal: Journal;
    beforeAll(async () => {
      opened = await open();
      journal = opened.journal;
    });
    afterAll(() => opened.close());
    const at = (offset: number, partition = 0) => ({ place: { partition, offset } });

    it('marks what was accepted and what was refused, in any order and again (L4)', async () => {
      const edge = CHUNK_OFFSETS;
      await Promise.all(
        [4, 2, 3, 2, edge, edge - 1].map((n) => journal.accepted(entry('a', at(n)))),
      );
      await journal.accepted(entry('b', at(0, 7)));
      journal.refused({ partition: 0, offset: 5 });
      journal.refused({ partition: 0, offset: 3 }); // it came again, too late
      await journal.accepted(entry('c', at(9)));
      const marks = await journal.marks();
      expect([...marks].sort(([a], [b]) => a - b)).toEqual([
        [
          0,
          [
            { from: 2, to: 5, mark: 'accepted' },
            { from: 5, to: 6, mark: 'refused' },
            { from: 9, to: 10, mark: 'accepted' },
            { from: edge - 1, to: edge + 1, mark: 'accepted' },
          ],
        ],
        [7, [{ from: 0, to: 1, mark: 'accepted' }]],
      ]);
    });

    it('tells each time that a transaction came, oldest first', async () => {
      const pair = { origin: '{a}\n"%', target: 'é:;漢', currency: 'EUR' };
      const x = { ...transaction({ t: START_MS, id: '/bank#1', amount: 5 }), ...pair };
      const totalMinor = 2n ** 64n + 5n;
      const alertId = 'f'.repeat(32);
      const answered = { totalMinor, transactionCount: 3, alertId };
      await journal.accepted({ transaction: x, ...answered, outcome: 'crossed', ...at(11, 2) });
      opened.setNow(START_MS + 12_345);
      await journal.accepted({
        transaction: x,
        ...answered,
        outcome: 'duplicate',
        place: undefined,
      });
      journal.refused(
        { partition: 2, offset: 12 },
        entry('/bank#1', { outcome: 'late', ...at(12, 2) }),
      );
      await journal.accepted(entry('/bank#2'));
      const [first, second, third, ...more] = await journal.receipts('/bank#1');
      expect(first).toEqual({
        pair,
        atMs: START_MS,
        ...answered,
        outcome: 'crossed',
        ...at(11, 2),
      });
      const atMs = START_MS + 12_345;
      expect(second).toEqual({ pair, atMs, ...answered, outcome: 'duplicate', place: undefined });
      expect(third).toMatchObject({ atMs, outcome: 'late', ...at(12, 2) });
      expect(more).toEqual([]);
      expect(await journal.receipts('/bank#3')).toEqual([]);
    });

    it('knows a place at the end of what numbers can say', async () => {
      const place = { partition: 0x7fffffff, offset: 2 ** 53 - 2 };
      journal.refused(undefined, entry('far', { place, outcome: 'late' }));
      await journal.accepted(entry('near'));
      expect(await journal.receipts('far')).toMatchObject([{ place }]);
    });

    it('has nothing against a transaction while nothing is lost (L3)', async () => {
      await journal.check();
      expect(journal.epoch).toEqual({ kind: 'whole' });
      expect(await journal.admit({ partition: 0, offset: 10 })).toBeUndefined();
    });
  });
}
