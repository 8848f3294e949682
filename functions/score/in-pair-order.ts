import { pairKey } from '#shared/domain/pair.ts';
import type { Transaction } from '#shared/domain/transaction.ts';

/**
 * Does the work for every transaction of a list and gives the results in the list's order; what is
 * not a transaction is passed through. Different pairs go side by side, at most `concurrency` of
 * them; the transactions of one pair go one after the other, as they stand in the list, so that a
 * batch decides as its transactions would have one by one.
 */
export async function inPairOrder<R, E extends Error>(
  items: readonly (Transaction | E)[],
  concurrency: number,
  work: (transaction: Transaction, index: number) => Promise<R>,
): Promise<(R | E)[]> {
  const results = new Array<R | E>(items.length);
  const byPair = new Map<string, (readonly [index: number, transaction: Transaction])[]>();
  for (const [index, item] of items.entries()) {
    if (item instanceof Error) {
      results[index] = item;
      continue;
    }
    const key = `${item.currency}:${pairKey(item)}`;
    const queue = byPair.get(key);
    if (queue === undefined) byPair.set(key, [[index, item]]);
    else queue.push([index, item]);
  }
  const queues = byPair.values();
  const worker = async (): Promise<void> => {
    for (const queue of queues) {
      for (const [index, transaction] of queue) {
        results[index] = await work(transaction, index);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, byPair.size) }, worker));
  return results;
}
