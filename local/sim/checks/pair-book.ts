import type { Rule } from '#shared/domain/rule.ts';
import type { Transaction } from '#shared/domain/transaction.ts';
import type { Verdict } from '../../../functions/score/core/verdict.ts';
import type { Decision } from '../../../functions/score/totals-store.ts';
import { createPairOracle, type OracleAnswer } from '../../../test/oracle/oracle.ts';

interface Step {
  readonly atMs: number;
  readonly transaction: Transaction;
  readonly decision: Decision;
}

/**
 * What Redis decided about one pair, step by step, beside what the oracle says to the same steps.
 * When Redis forgets, the book is taken back to the same moment, and the oracle with it.
 */
export interface PairBook {
  /** Undefined when the decision is the oracle's, else what is wrong with it. */
  add(atMs: number, transaction: Transaction, decision: Decision): string | undefined;
  /** Transactions that the totals hold now. */
  readonly stored: ReadonlyMap<string, Transaction>;
  /** The verdict first given, of those that the totals hold now. */
  verdictOf(id: string): Verdict | undefined;
  loseSince(timeMs: number): void;
  /** Transactions that were added to a total that held them. */
  readonly doubled: number;
}

export function createPairBook(rule: Rule): PairBook {
  let steps: Step[] = [];
  let oracle = createPairOracle(rule);
  let stored = new Map<string, Transaction>();
  let verdicts = new Map<string, Verdict>();

  let doubled = 0;

  const take = (step: Step): string | undefined => {
    const { transaction, decision } = step;
    const { id } = transaction;
    const expected = oracle(transaction);
    if (decision.kind === 'late') return compare(id, 'late', describeAnswer(expected));
    const verdict = decision.kind === 'duplicate' ? decision.first : decision;
    const first = verdicts.get(id);
    if (decision.kind === 'duplicate' && first !== undefined) {
      // A verdict that the sink has not taken yet is known for longer than its transaction.
      const problem = compare(id, describe(verdict), describe(first), 'first time');
      if (problem !== undefined || expected.kind === 'late') return problem;
    }
    if (decision.kind !== 'duplicate') {
      if (stored.has(id)) doubled += 1;
      stored.set(id, transaction);
      verdicts.set(id, verdict);
    }
    const kind = decision.kind === 'duplicate' ? 'duplicate ' : '';
    return compare(id, kind + describe(verdict), describeAnswer(expected));
  };
  return {
    get stored() {
      return stored;
    },
    get doubled() {
      return doubled;
    },
    verdictOf: (id) => verdicts.get(id),
    add(atMs, transaction, decision) {
      const step = { atMs, transaction, decision };
      steps.push(step);
      return take(step);
    },
    loseSince(timeMs) {
      const kept = steps.filter(({ atMs }) => atMs <= timeMs);
      if (kept.length === steps.length) return;
      steps = kept;
      oracle = createPairOracle(rule);
      stored = new Map();
      verdicts = new Map();
      for (const step of kept) take(step);
    },
  };
}

function compare(id: string, said: string, expected: string, by = 'oracle'): string | undefined {
  return said === expected ? undefined : `${id}: decided "${said}", the ${by} says "${expected}"`;
}

function describe({ totalMinor, transactionCount, findings }: Verdict): string {
  const told = findings.map(
    ({ openingId, sequence, totalMinor: total, members }) =>
      ` [alert of ${openingId}, ${sequence}, total ${total}: ${members.map(({ id }) => id)}]`,
  );
  return `total ${totalMinor} of ${transactionCount}${told.join('')}`;
}

function describeAnswer({ kind, totalMinor, transactionCount, events }: OracleAnswer): string {
  if (kind === 'late') return 'late';
  const told = events.map(
    ({ openingId, sequence, totalMinor: total, memberIds }) =>
      ` [alert of ${openingId}, ${sequence}, total ${total}: ${memberIds}]`,
  );
  const verdict = `total ${totalMinor} of ${transactionCount}${told.join('')}`;
  return kind === 'duplicate' ? `duplicate ${verdict}` : verdict;
}
