import type { Fraud } from '#shared/domain/fraud.ts';
import { pairKey } from '#shared/domain/pair.ts';
import type { Rule } from '#shared/domain/rule.ts';
import { type Transaction, transactionId } from '#shared/domain/transaction.ts';
import type { TopicRecord } from '#shared/kafka/topic.ts';
import { alertId } from '../../../functions/score/core/alert-id.ts';
import type { Decision } from '../../../functions/score/totals-store.ts';
import type { VirtualTime } from '../kernel/virtual-time.ts';
import type { TopicName } from '../parts/sim-topics.ts';
import type { TrafficPlan } from '../traffic-plan.ts';
import { createFraudBook, type FraudBook } from './fraud-book.ts';
import { createPairBook, type PairBook } from './pair-book.ts';

export interface Violation {
  /** Name of the promise that was broken, with its id in the specification. */
  readonly invariant: string;
  readonly detail: string;
}

/** All that happened, as the checks need it. Checks each step, and keeps the first violation. */
export interface Ledger {
  readonly plan: TrafficPlan;
  readonly frauds: FraudBook;
  readonly violation: Violation | undefined;
  violate(invariant: string, detail: string): void;
  onAdd(id: string, decision: Decision): void;
  /** Score or notify has answered, whether or not the answer arrives. */
  onScoreAnswer(headers: Readonly<Record<string, string>>, status: number): void;
  onAppend(topic: TopicName, record: TopicRecord): void;
  onTold(fraud: Fraud): void;
  onLoss(sinceMs: number): void;
  /** The totals are emptied on purpose, to be made again from the records since this time. */
  onEmptied(fromMs: number): void;
  /** Neither a function nor the dead-letter sink took the record. */
  onGivenUp(record: TopicRecord): void;
  readonly books: ReadonlyMap<string, PairBook>;
  readonly acknowledged: ReadonlySet<string>;
  /** Counted while Redis had never forgotten anything, so rightly in time. */
  readonly countedInTime: ReadonlySet<string>;
  /** Of each transaction or poison in the dead-letter topic: the reasons told, in order. */
  readonly letters: ReadonlyMap<string, readonly string[]>;
  readonly givenUp: ReadonlySet<string>;
  readonly told: ReadonlySet<string>;
  readonly hasLostState: boolean;
  /** Records from this time on are in the totals; all of them unless Redis was emptied. */
  readonly completeSinceMs: number;
  readonly counts: { duplicates: number; late: number; redelivered: number };
}

export function createLedger(rule: Rule, plan: TrafficPlan, time: VirtualTime): Ledger {
  const frauds = createFraudBook(rule, plan.transactions);
  const books = new Map<string, PairBook>();
  const acknowledged = new Set<string>();
  const everStored = new Set<string>();
  const countedInTime = new Set<string>();
  const letters = new Map<string, string[]>();
  const told = new Set<string>();
  const givenUp = new Set<string>();
  const counts = { duplicates: 0, late: 0, redelivered: 0 };
  let violation: Violation | undefined;
  let hasLostState = false;
  let completeSinceMs = 0;

  const violate = (invariant: string, detail: string): void => {
    violation ??= { invariant, detail };
  };
  const bookOf = (transaction: Transaction): PairBook => {
    const key = pairKey(transaction);
    const book = books.get(key) ?? createPairBook(rule);
    books.set(key, book);
    return book;
  };
  const nameOf = (source = '', eventId = '', value = ''): string => {
    const poison = /poison-[\w-]+/.exec(`${eventId} ${value}`)?.[0];
    return poison ?? transactionId(source, eventId);
  };

  return {
    ...{
      plan,
      frauds,
      books,
      acknowledged,
      countedInTime,
      letters,
      told,
      givenUp,
      counts,
      violate,
    },
    get violation() {
      return violation;
    },
    get hasLostState() {
      return hasLostState;
    },
    get completeSinceMs() {
      return completeSinceMs;
    },

    onAdd(id, decision) {
      const transaction = plan.transactions.get(id);
      if (transaction === undefined) return violate(UNREADABLE, `${id} was added to a total`);
      if (decision.kind === 'duplicate') counts.duplicates += 1;
      else if (decision.kind === 'late') counts.late += 1;
      else {
        everStored.add(id);
        if (!hasLostState) countedInTime.add(id);
      }
      const problem = bookOf(transaction).add(time.nowMs, transaction, decision);
      if (problem !== undefined) violate('decisions are the oracle’s (D1–D5, O1–O4)', problem);
    },

    onScoreAnswer(headers, status) {
      if (status >= 300) return;
      const id = nameOf(headers['ce-source'], headers['ce-id']);
      const transaction = plan.transactions.get(id);
      if (transaction === undefined) return violate(UNREADABLE, `${id} was accepted`);
      if (acknowledged.has(id)) counts.redelivered += 1;
      acknowledged.add(id);
      if (!everStored.has(id)) return violate(ACKNOWLEDGED, `${id} was not stored`);
      for (const finding of bookOf(transaction).verdictOf(id)?.findings ?? []) {
        const alert = alertId(rule, transaction, finding.openingId);
        if (frauds.has(alert, finding.sequence)) continue;
        violate(ACKNOWLEDGED, `${id} before its fraud event ${alert}/${finding.sequence}`);
      }
    },

    onAppend(topic, record) {
      if (topic === 'fraud') {
        const problem = frauds.written(record, hasLostState);
        if (problem !== undefined) violate('fraud events add up (D6, O3, O4)', problem);
      }
      if (topic !== 'transactions-dlq') return;
      const { ce_source: source, ce_id: eventId, ce_reason: reason = '' } = record.headers;
      const name = nameOf(source, eventId, String(record.value));
      letters.set(name, [...(letters.get(name) ?? []), reason]);
      const isRetryable = RETRYABLE.has(reason);
      const expected = plan.poison.get(name) ?? 'late';
      if (!isRetryable && reason !== expected) {
        violate(REASONS, `${name}: "${reason}" in place of "${expected}"`);
      }
    },

    onTold: ({ alertId: alert, sequence }) => void told.add(`${alert}/${sequence}`),

    onLoss(sinceMs) {
      hasLostState = true;
      for (const book of books.values()) book.loseSince(sinceMs);
    },
    onEmptied(fromMs) {
      hasLostState = true;
      completeSinceMs = fromMs;
      for (const book of books.values()) book.loseSince(Number.NEGATIVE_INFINITY);
    },
    onGivenUp: ({ headers, value }) =>
      void givenUp.add(nameOf(headers.ce_source, headers.ce_id, String(value))),
  };
}

const ACKNOWLEDGED = 'acknowledged only when stored and told (L1)';
const UNREADABLE = 'what cannot be read is not counted (S1, L4)';
const REASONS = 'dead letters tell the right reason (L4, O2)';

/** Reasons of dead letters that may succeed when they are sent again; '' is no answer at all. */
export const RETRYABLE: ReadonlySet<string> = new Set(['', 'state', 'sink', 'busy', 'internal']);
