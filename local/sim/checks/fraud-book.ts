import type { Fraud } from '#shared/domain/fraud.ts';
import { pairKey } from '#shared/domain/pair.ts';
import type { Rule } from '#shared/domain/rule.ts';
import { compareTransactions, type Transaction } from '#shared/domain/transaction.ts';
import { decodeFraud } from '#shared/events/fraud-event.ts';
import type { TopicRecord } from '#shared/kafka/topic.ts';
import { alertId } from '../../../functions/score/core/alert-id.ts';

/** The fraud events in the topic, each held against what its transactions say. */
export interface FraudBook {
  /** Undefined when the event is in order, else what is wrong with it. */
  written(record: TopicRecord, hasLostState: boolean): string | undefined;
  has(alert: string, sequence: number): boolean;
  /** Of each alert: its events by sequence, the first one of each. */
  readonly alerts: ReadonlyMap<string, ReadonlyMap<number, Fraud>>;
  /** Id of the transaction that an alert of this pair is named after. */
  openingOf(alert: string): string | undefined;
  /** Events that stood in the topic already. */
  readonly repeated: number;
}

export function createFraudBook(
  rule: Rule,
  transactions: ReadonlyMap<string, Transaction>,
): FraudBook {
  const alerts = new Map<string, Map<number, Fraud>>();
  const openings = new Map<string, string>();
  for (const { id, ...pair } of transactions.values()) openings.set(alertId(rule, pair, id), id);
  let repeated = 0;

  const problemOf = (fraud: Fraud): string | undefined => {
    const { transactions: members, totalMinor, lastTimeMs } = fraud;
    const opening = openings.get(fraud.alertId);
    const openingPair = transactions.get(opening ?? '');
    if (openingPair === undefined) return 'is named after no transaction of this run';
    if (pairKey(openingPair) !== pairKey(fraud.pair)) return 'is named after another pair';
    let sum = 0n;
    for (const [i, member] of members.entries()) {
      const known = transactions.get(member.id);
      if (known === undefined) return `has a member ${member.id} that nobody sent`;
      const isSame =
        pairKey(known) === pairKey(fraud.pair) &&
        known.amountMinor === member.amountMinor &&
        known.eventTimeMs === member.eventTimeMs;
      if (!isSame) return `has a member ${member.id} that is not as it was sent`;
      const before = members[i - 1];
      if (before && compareTransactions(before, member) >= 0) return 'has members out of order';
      if (member.eventTimeMs <= lastTimeMs - rule.windowMs) return 'has members out of its window';
      sum += BigInt(member.amountMinor);
    }
    if (sum !== totalMinor) return `has a total of ${totalMinor}, its members add up to ${sum}`;
    if (sum <= BigInt(rule.thresholdMinor)) return 'is not over the threshold';
    if (members.length !== fraud.transactionCount) return 'counts other than it lists';
    const isOpening = fraud.sequence === 1;
    if (isOpening && members.at(-1)?.id !== opening) return 'opens with another transaction';
    return undefined;
  };
  return {
    alerts,
    openingOf: (alert) => openings.get(alert),
    has: (alert, sequence) => alerts.get(alert)?.has(sequence) ?? false,
    get repeated() {
      return repeated;
    },
    written(record, hasLostState) {
      const headers: Record<string, string> = {};
      for (const [name, value] of Object.entries(record.headers)) {
        headers[name.replace(/^ce_/, 'ce-')] = value;
      }
      const fraud = decodeFraud(headers, record.value ?? '');
      const name = `fraud event ${fraud.alertId}/${fraud.sequence}`;
      const problem = problemOf(fraud);
      if (problem !== undefined) return `${name} ${problem}`;
      const events = alerts.get(fraud.alertId) ?? new Map<number, Fraud>();
      alerts.set(fraud.alertId, events);
      const known = events.get(fraud.sequence);
      if (known === undefined) events.set(fraud.sequence, fraud);
      else repeated += 1;
      // What Redis has forgotten it may decide otherwise; all else is repeated to the letter.
      const isRepeated = known === undefined || hasLostState || textOf(known) === textOf(fraud);
      return isRepeated ? undefined : `${name} was sent again with other words`;
    },
  };
}

function textOf(fraud: Fraud): string {
  return JSON.stringify(fraud, (_key, value) => (typeof value === 'bigint' ? `${value}` : value));
}
