import { expect } from 'vitest';
import type { Fraud } from '#shared/domain/fraud.ts';
import type { Transaction } from '#shared/domain/transaction.ts';
import { encodeTransactionRecord } from '#shared/events/transaction-event.ts';
import { brokersForTests } from '#shared/kafka/kafka-test-brokers.ts';
import { createKafkaTopics } from '#shared/kafka/kafka-topics.ts';
import type { TopicRecord } from '#shared/kafka/topic.ts';
import { createLog } from '#shared/log.ts';
import { traffic } from '../../functions/generate/core/traffic.ts';
import { alertId } from '../../functions/score/core/alert-id.ts';
import { watchTopic } from '../../local/watch-topic.ts';
import { type ByPair, DEFAULT_RULE, differingTotals, groupByPair } from '../oracle/compare.ts';
import { createPairOracle } from '../oracle/oracle.ts';
import type { TestUp } from './start-for-test.ts';
import { until } from './until.ts';

const WRITE_RECORDS = 2000;
const log = createLog('e2e', 'error');

/** What is written to the topic, and how the oracle is told of it. */
export interface Input {
  readonly records: readonly TopicRecord[];
  readonly byPair: ByPair;
}

/** Planted cases, 2 % delivered twice, 2 % out of order: the same for the same seed. */
export function makeInput(seed: number, deliveries: number): Input {
  const records: TopicRecord[] = [];
  const delivered: Transaction[] = [];
  const options = { seed, count: deliveries, ratePerSecond: 20, accounts: 2000 };
  for (const item of traffic({ ...options, duplicateShare: 0.02, outOfOrderShare: 0.02 })) {
    if (!('delivery' in item)) continue;
    const { source, eventId, transaction } = item.delivery;
    records.push(encodeTransactionRecord({ ...transaction, source, eventId }));
    delivered.push(transaction);
  }
  return { records, byPair: groupByPair(delivered) };
}

/** Writes records of the input, in their order. */
export async function writeInput(topic: string, records: Input['records']): Promise<void> {
  const topics = createKafkaTopics({ brokers: brokersForTests(), log });
  for (let i = 0; i < records.length; i += WRITE_RECORDS) {
    await topics.write(topic, records.slice(i, i + WRITE_RECORDS));
  }
  await topics.close();
}

/** Every fraud event of the topic by `ALERTID/SEQUENCE`, once each. */
export async function readFrauds(up: TestUp): Promise<ReadonlyMap<string, Fraud>> {
  const topics = createKafkaTopics({ brokers: brokersForTests(), log });
  const { sink } = await up.stats();
  const frauds = new Map<string, Fraud>();
  let seen = 0;
  const problems: string[] = [];
  const watching = await watchTopic({
    reader: topics,
    topic: up.names.fraud,
    fromBeginning: true,
    onFraud: (fraud) => {
      seen += 1;
      frauds.set(`${fraud.alertId}/${fraud.sequence}`, fraud);
    },
    onOther: (_record, reason) => problems.push(reason),
  });
  await until('all fraud events are read', 30_000, async () => seen >= sink.accepted);
  await watching.stop();
  await topics.close();
  expect(problems).toEqual([]);
  return frauds;
}

/** The same, said in one line each, to be compared with `expectedEvents`. */
export function toldEvents(frauds: ReadonlyMap<string, Fraud>): Map<string, string> {
  const told = [...frauds].map(([name, fraud]): [string, string] => [
    name,
    `${fraud.totalMinor} of ${fraud.transactionCount}`,
  ]);
  return new Map(told.toSorted());
}

/** Totals that the score processes tell, where they differ from the oracle's. */
export function differing(up: TestUp, { byPair }: Input): Promise<string[]> {
  return differingTotals(byPair, async ({ origin, target }, asker) => {
    const url = up.scoreUrls[asker % up.scoreUrls.length] as string;
    const path = `/pairs/${encodeURIComponent(origin)}/${encodeURIComponent(target)}`;
    return (await fetch(url + path)).json();
  });
}

/** `ALERTID/SEQUENCE` → total and number of transactions, as the oracle says them in this order. */
export function expectedEvents(input: Input): Map<string, string> {
  const expected: [string, string][] = [];
  for (const delivered of input.byPair.values()) {
    const oracle = createPairOracle(DEFAULT_RULE);
    for (const transaction of delivered) {
      for (const { openingId, sequence, totalMinor, memberIds } of oracle(transaction).events) {
        const id = alertId(DEFAULT_RULE, transaction, openingId);
        expected.push([`${id}/${sequence}`, `${totalMinor} of ${memberIds.length}`]);
      }
    }
  }
  return new Map(expected.toSorted());
}
