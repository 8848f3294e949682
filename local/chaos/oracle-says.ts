import type { Fraud } from '#shared/domain/fraud.ts';
import { pairKey } from '#shared/domain/pair.ts';
import type { Transaction } from '#shared/domain/transaction.ts';
import { alertId } from '../../functions/score/core/alert-id.ts';
import { createPairOracle, sum, windowAt } from '../../test/oracle/oracle.ts';
import { CHAOS_RULE } from './chaos-rule.ts';

/** What must be known of a pair: the window at its newest transaction. */
export interface ExpectedPair {
  readonly newest: Transaction;
  readonly totalMinor: bigint;
  readonly transactionCount: number;
}

/** The naive oracle, told a log of transactions as it grows. */
export interface OracleSays {
  /** Takes in what has been added at the end; resolves with the pairs that it touched. */
  hear(transactions: readonly Transaction[]): readonly string[];
  pair(key: string): ExpectedPair;
  readonly pairKeys: Iterable<string>;
  /** `ALERTID/SEQUENCE` → what the event must say, where each pair's order is kept. */
  readonly events: ReadonlyMap<string, string>;
}

export function createOracle(): OracleSays {
  const pairs = new Map<string, Told>();
  const events = new Map<string, string>();
  let heard = 0;
  return {
    events,
    get pairKeys() {
      return pairs.keys();
    },
    hear(transactions) {
      const touched = new Set<string>();
      for (; heard < transactions.length; heard++) {
        const transaction = transactions[heard] as Transaction;
        const key = `${pairKey(transaction)} ${transaction.currency}`;
        const told = pairs.get(key) ?? { set: new Map(), tell: createPairOracle(CHAOS_RULE) };
        pairs.set(key, told);
        touched.add(key);
        const answer = told.tell(transaction);
        for (const { openingId, sequence, totalMinor, memberIds } of answer.events) {
          const id = alertId(CHAOS_RULE, transaction, openingId);
          events.set(`${id}/${sequence}`, wordsOf(totalMinor, memberIds.length));
        }
        if (answer.kind !== 'late') told.set.set(transaction.id, transaction);
      }
      return [...touched];
    },
    pair(key) {
      const set = [...(pairs.get(key)?.set.values() ?? [])];
      const newest = set.reduce((a, b) => (b.eventTimeMs > a.eventTimeMs ? b : a));
      const last = { ...newest, id: '\u{10ffff}' }; // of several at that moment, all
      const window = windowAt(set, last, CHAOS_RULE);
      return { newest, totalMinor: sum(window), transactionCount: window.length };
    },
  };
}

export function saysOf({ totalMinor, transactionCount }: Fraud): string {
  return wordsOf(totalMinor, transactionCount);
}

function wordsOf(totalMinor: bigint, count: number): string {
  return `${totalMinor} of ${count}`;
}

interface Told {
  readonly set: Map<string, Transaction>;
  readonly tell: ReturnType<typeof createPairOracle>;
}
