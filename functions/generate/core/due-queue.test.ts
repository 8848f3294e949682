import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createDueQueue } from './due-queue.ts';

test('gives back what is due first, and what is due at once in the order it came', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 20 })), (dueTimes) => {
      const queue = createDueQueue<{ dueMs: number; index: number }>();
      const entries = dueTimes.map((dueMs, index) => ({ dueMs, index }));
      for (const entry of entries) queue.push(entry.dueMs, entry);
      const popped = [];
      while (queue.size > 0) {
        const nextDueMs = queue.nextDueMs();
        const entry = queue.pop();
        expect(entry?.dueMs).toBe(nextDueMs);
        popped.push(entry);
      }
      expect(popped).toEqual(entries.sort((a, b) => a.dueMs - b.dueMs || a.index - b.index));
    }),
  );
});

test('is due never when it is empty', () => {
  const queue = createDueQueue<string>();
  expect(queue.nextDueMs()).toBe(Number.POSITIVE_INFINITY);
  expect(queue.pop()).toBeUndefined();
});
