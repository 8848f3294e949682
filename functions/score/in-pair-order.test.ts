import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Transaction } from '#shared/domain/transaction.ts';
import { inPairOrder } from './in-pair-order.ts';

const of = (id: number, origin: string, currency = 'USD'): Transaction => ({
  ...{ id: String(id), origin, target: 'b', currency },
  eventTimeMs: 0,
  amountMinor: 1,
});

test('gives results in the list’s order, and works each pair in that order (H)', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom('a', 'b', 'c', undefined), { maxLength: 30 }),
      fc.integer({ min: 1, max: 4 }),
      fc.scheduler(),
      async (origins, concurrency, scheduler) => {
        const items = origins.map((origin, i) =>
          origin === undefined ? new Error(String(i)) : of(i, origin),
        );
        const done: Transaction[] = [];
        let running = 0;
        const work = scheduler.scheduleFunction(async (transaction: Transaction) => transaction);
        const results = inPairOrder(items, concurrency, async (transaction) => {
          running += 1;
          expect(running).toBeLessThanOrEqual(concurrency);
          done.push(await work(transaction));
          running -= 1;
          return transaction;
        });
        await scheduler.waitFor(results);
        expect(await results).toEqual(items);
        for (const origin of ['a', 'b', 'c']) {
          const ids = done.filter((item) => item.origin === origin).map((item) => Number(item.id));
          expect(ids).toEqual(ids.toSorted((a, b) => a - b));
        }
      },
    ),
  );
});

test('takes the same accounts in another currency for another pair (S2)', async () => {
  let running = 0;
  let most = 0;
  await inPairOrder([of(1, 'a'), of(2, 'a', 'EUR')], 2, async () => {
    most = Math.max(most, ++running);
    await Promise.resolve();
    running -= 1;
  });
  expect(most).toBe(2);
});
