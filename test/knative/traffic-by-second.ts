import type { Transaction } from '#shared/domain/transaction.ts';
import { encodeTransactionRecord } from '#shared/events/transaction-event.ts';
import type { TopicRecord } from '#shared/kafka/topic.ts';
import { traffic } from '../../functions/generate/core/traffic.ts';

export interface TrafficBySecond {
  /** What is to be written in each second. */
  readonly bySecond: readonly (readonly TopicRecord[])[];
  /** The same as transactions, in the order of delivery. */
  readonly delivered: readonly Transaction[];
}

/** Traffic from now on, with planted cases, repeats and late-comers. */
export function trafficBySecond(options: {
  readonly ratePerSecond: number;
  readonly seconds: number;
  readonly startTimeMs: number;
}): TrafficBySecond {
  const { ratePerSecond, seconds, startTimeMs } = options;
  const bySecond: TopicRecord[][] = Array.from({ length: seconds }, () => []);
  const delivered: Transaction[] = [];
  const settings = {
    ...{ seed: 5, startTimeMs, ratePerSecond, accounts: ratePerSecond },
    ...{ count: ratePerSecond * seconds, plantedShare: 0.2, delayMaxMs: 3000 },
    // Planted for a shorter window than score's, so that cases are complete within the run.
    windowMs: (seconds * 1000) / 2,
  };
  for (const item of traffic(settings)) {
    if (!('delivery' in item)) continue;
    const { source, eventId, transaction, dueMs } = item.delivery;
    const second = Math.min(Math.floor(dueMs / 1000), seconds - 1);
    bySecond[second]?.push(encodeTransactionRecord({ ...transaction, source, eventId }));
    delivered.push(transaction);
  }
  return { bySecond, delivered };
}
