import type { Rule } from '#shared/domain/rule.ts';
import { compareTransactions, type Transaction } from '#shared/domain/transaction.ts';

/**
 * The oracle: scoring by list and filter, obviously right and never optimised. What the product
 * decides is compared with it. The first part is the specification of totals and episodes as a
 * function of a set (D1–D3, O4); the second what must be said as transactions come one by one.
 */
export const inOrder = (set: readonly Transaction[]): Transaction[] =>
  [...set].sort(compareTransactions);

/** The trailing window at x (D1). */
export const windowAt = (set: readonly Transaction[], x: Transaction, rule: Rule): Transaction[] =>
  inOrder(set).filter(
    (y) => y.eventTimeMs > x.eventTimeMs - rule.windowMs && compareTransactions(y, x) <= 0,
  );

export const sum = (members: readonly { readonly amountMinor: number }[]): bigint =>
  members.reduce((total, member) => total + BigInt(member.amountMinor), 0n);

export const totalAt = (set: readonly Transaction[], x: Transaction, rule: Rule): bigint =>
  sum(windowAt(set, x, rule));

export const isFraud = (set: readonly Transaction[], x: Transaction, rule: Rule): boolean =>
  totalAt(set, x, rule) > BigInt(rule.thresholdMinor);

/** The pair's episodes: maximal runs of consecutive fraud transactions (D3). */
export function episodes(set: readonly Transaction[], rule: Rule): Transaction[][] {
  const runs: Transaction[][] = [];
  let run: Transaction[] = [];
  for (const x of inOrder(set)) {
    if (!isFraud(set, x, rule)) run = [];
    else if (run.push(x) === 1) runs.push(run);
  }
  return runs;
}

export interface OracleEvent {
  readonly openingId: string;
  readonly sequence: number;
  readonly totalMinor: bigint;
  readonly memberIds: readonly string[];
}

export interface OracleAnswer {
  readonly kind: 'counted' | 'crossed' | 'updated' | 'duplicate' | 'late';
  readonly totalMinor: bigint;
  readonly transactionCount: number;
  readonly events: readonly OracleEvent[];
}

/**
 * One pair, told its transactions as they come. Remembers all, so that it cannot forget wrongly.
 */
export function createPairOracle(rule: Rule): (x: Transaction) => OracleAnswer {
  const set: Transaction[] = [];
  const answers = new Map<string, OracleAnswer>();
  const reported = new Map<string, { sequence: number; totalMinor: bigint }>();

  return (x) => {
    const newestMs = Math.max(...set.map((y) => y.eventTimeMs));
    const known = set.find((y) => y.id === x.id);
    const reachMs = newestMs - rule.windowMs - rule.allowedLatenessMs;
    if (known && known.eventTimeMs > reachMs) {
      return { ...(answers.get(x.id) as OracleAnswer), kind: 'duplicate' };
    }
    if (newestMs - x.eventTimeMs > rule.allowedLatenessMs) {
      return { kind: 'late', totalMinor: 0n, transactionCount: 0, events: [] };
    }
    set.push(x);
    const events: OracleEvent[] = [];
    const report = (openingId: string, sequence: number, at: Transaction): void => {
      const members = windowAt(set, at, rule);
      reported.set(openingId, { sequence, totalMinor: sum(members) });
      const memberIds = members.map((member) => member.id);
      events.push({ openingId, sequence, totalMinor: sum(members), memberIds });
    };
    const runs = episodes(set, rule);
    for (const [opening] of runs as [Transaction][]) {
      if (!reported.has(opening.id)) report(opening.id, 1, opening);
    }
    const opened = events.map((event) => event.openingId);
    for (const run of runs) {
      const openingId = (run[0] as Transaction).id;
      const touched = run.filter((y) => windowAt(set, y, rule).includes(x));
      const candidates = rule.updates === 'every' ? touched.filter((y) => y === x) : touched;
      const largest = candidates.reduce<Transaction | undefined>(
        (best, y) => (best && totalAt(set, best, rule) >= totalAt(set, y, rule) ? best : y),
        undefined,
      );
      const sent = reported.get(openingId) as { sequence: number; totalMinor: bigint };
      if (largest === undefined || rule.updates === 'never') continue;
      const isDue =
        rule.updates === 'every'
          ? !opened.includes(openingId)
          : totalAt(set, largest, rule) >= 2n * sent.totalMinor;
      if (isDue) report(openingId, sent.sequence + 1, largest);
    }
    const members = windowAt(set, x, rule);
    const kind = events.some((event) => event.sequence === 1) ? 'crossed' : 'updated';
    const answer: OracleAnswer = {
      kind: events.length === 0 ? 'counted' : kind,
      totalMinor: sum(members),
      transactionCount: members.length,
      events,
    };
    answers.set(x.id, answer);
    return answer;
  };
}
