import { formatAmount } from '#shared/domain/amount.ts';
import type { Fraud } from '#shared/domain/fraud.ts';
import { type Pair, pairKey } from '#shared/domain/pair.ts';
import type { Rule } from '#shared/domain/rule.ts';
import type { Transaction } from '#shared/domain/transaction.ts';
import { episodes, inOrder, sum, windowAt } from './oracle.ts';

/** The rule of a score that was given no settings (spec C). */
export const DEFAULT_RULE: Rule = {
  id: 'pair-total',
  version: 1,
  groupBy: 'pair',
  windowMs: 600_000,
  allowedLatenessMs: 600_000,
  thresholdMinor: 1_000_000,
  updates: 'doubling',
};

const ASKED_AT_ONCE = 16;

/** What was delivered, repeats included, pair by pair in the order of delivery. */
export type ByPair = ReadonlyMap<string, readonly Transaction[]>;

export function groupByPair(delivered: Iterable<Transaction>): ByPair {
  const byPair = new Map<string, Transaction[]>();
  for (const transaction of delivered) {
    const key = `${transaction.currency}:${pairKey(transaction)}`;
    const own = byPair.get(key);
    if (own === undefined) byPair.set(key, [transaction]);
    else own.push(transaction);
  }
  return byPair;
}

export function distinct(delivered: readonly Transaction[]): Transaction[] {
  return [...new Map(delivered.map((transaction) => [transaction.id, transaction])).values()];
}

/**
 * Pairs whose total, as score tells it, is not the oracle's: the trailing one at the newest
 * transaction (D1), with how many it is made of. `ask` answers what `GET /pairs/…` does; its second
 * argument is the number of the asker, 0 to 15.
 */
export async function differingTotals(
  byPair: ByPair,
  ask: (pair: Pair, asker: number) => Promise<unknown>,
): Promise<string[]> {
  const differing: string[] = [];
  const pairs = [...byPair.values()];
  const check = async (asker: number): Promise<void> => {
    for (let i = asker; i < pairs.length; i += ASKED_AT_ONCE) {
      const set = distinct(pairs[i] as readonly Transaction[]);
      const newest = inOrder(set).at(-1) as Transaction;
      const window = windowAt(set, newest, DEFAULT_RULE);
      const expected = `${formatAmount(sum(window))} of ${window.length}`;
      const answer = (await ask(newest, asker)) as { total?: string; transactionCount?: number };
      const actual = `${answer.total} of ${answer.transactionCount}`;
      const pair = `${newest.origin} to ${newest.target}`;
      if (actual !== expected) differing.push(`${pair}: ${actual}, expected ${expected}`);
    }
  };
  await Promise.all(Array.from({ length: ASKED_AT_ONCE }, (_, asker) => check(asker)));
  return differing;
}

/** Fraud events that do not follow from their own members (O4), in words. */
export function wrongFrauds(frauds: Iterable<Fraud>): string[] {
  return [...frauds].flatMap((fraud) => {
    const { alertId, sequence, totalMinor, transactionCount, transactions } = fraud;
    const isWhole = totalMinor === sum(transactions) && transactions.length === transactionCount;
    const isRight =
      totalMinor > BigInt(DEFAULT_RULE.thresholdMinor) && (fraud.truncated || isWhole);
    return isRight ? [] : [`${alertId}/${sequence}: ${totalMinor} of ${transactionCount}`];
  });
}

/**
 * How many episodes there are, and the first transactions of those that no fraud event opened (O4).
 */
export function judgeEpisodes(
  byPair: ByPair,
  frauds: Iterable<Fraud>,
  rule: Rule = DEFAULT_RULE,
): { count: number; missed: string[] } {
  const opened = new Set<string>();
  for (const fraud of frauds) {
    // Its window trails at the last member, which is the transaction that opened the episode.
    if (fraud.sequence === 1) opened.add(fraud.transactions.at(-1)?.id ?? '');
  }
  const all = [...byPair.values()].flatMap((pair) => episodes(distinct(pair), rule));
  const missed = all.filter((episode) => !episode.some(({ id }) => opened.has(id)));
  return { count: all.length, missed: missed.map(([first]) => first?.id ?? '') };
}
