import { beforeAll, describe, expect, it } from 'vitest';
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
import {
  type ByPair,
  DEFAULT_RULE,
  differingTotals,
  groupByPair,
  judgeEpisodes,
  wrongFrauds,
} from '../oracle/compare.ts';
import { createPairOracle } from '../oracle/oracle.ts';
import { startForTest, type TestUp } from './start-for-test.ts';
import { until } from './until.ts';

/**
 * The whole line on a real broker and a real Redis, two score processes: 50,000 transactions with
 * planted cases, 2 % delivered twice, 2 % out of order, compared with the naive oracle.
 */
const DELIVERIES = 50_000;
const WRITE_RECORDS = 2000;
const log = createLog('e2e', 'error');

interface Input {
  readonly records: readonly TopicRecord[];
  readonly byPair: ByPair;
}

function makeInput(seed: number): Input {
  const records: TopicRecord[] = [];
  const delivered: Transaction[] = [];
  const options = { seed, count: DELIVERIES, ratePerSecond: 20, accounts: 2000 };
  for (const item of traffic({ ...options, duplicateShare: 0.02, outOfOrderShare: 0.02 })) {
    if (!('delivery' in item)) continue;
    const { source, eventId, transaction } = item.delivery;
    records.push(encodeTransactionRecord({ ...transaction, source, eventId }));
    delivered.push(transaction);
  }
  return { records, byPair: groupByPair(delivered) };
}

/** Runs the input through the pipeline; resolves with every fraud event, once each. */
async function run(up: TestUp, input: Input): Promise<ReadonlyMap<string, Fraud>> {
  const topics = createKafkaTopics({ brokers: brokersForTests(), log });
  for (let i = 0; i < input.records.length; i += WRITE_RECORDS) {
    await topics.write(up.names.transactions, input.records.slice(i, i + WRITE_RECORDS));
  }
  await until('all transactions are scored', 280_000, async () => {
    const { score, notify } = await up.stats();
    return score.lag === 0 && notify.lag === 0 && score.delivered >= DELIVERIES;
  });
  const { score, notify, sink } = await up.stats();
  expect(score).toMatchObject({ deadLettered: 0, lost: 0 });
  expect(notify).toMatchObject({ deadLettered: 0, lost: 0 });
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

/** Totals that the score processes tell, where they differ from the oracle's. */
function differing(up: TestUp, { byPair }: Input): Promise<string[]> {
  return differingTotals(byPair, async ({ origin, target }, asker) => {
    const url = up.scoreUrls[asker % up.scoreUrls.length] as string;
    const path = `/pairs/${encodeURIComponent(origin)}/${encodeURIComponent(target)}`;
    return (await fetch(url + path)).json();
  });
}

/** `ALERTID/SEQUENCE` → total and number of transactions, as the oracle says them in this order. */
function expectedEvents(input: Input): Map<string, string> {
  const expected = new Map<string, string>();
  for (const delivered of input.byPair.values()) {
    const oracle = createPairOracle(DEFAULT_RULE);
    for (const transaction of delivered) {
      for (const { openingId, sequence, totalMinor, memberIds } of oracle(transaction).events) {
        const id = alertId(DEFAULT_RULE, transaction, openingId);
        expected.set(`${id}/${sequence}`, `${totalMinor} of ${memberIds.length}`);
      }
    }
  }
  return expected;
}

describe('50,000 transactions through two score processes', () => {
  let input: Input;
  beforeAll(() => {
    input = makeInput(11);
  });

  it("ordered: alerts and totals equal the oracle's (L2, O4)", { timeout: 400_000 }, async () => {
    const up = await startForTest({ scoreProcesses: 2, ordering: 'ordered', channel: 'none' });
    try {
      const frauds = await run(up, input);
      const actual = [...frauds].map(([name, fraud]): [string, string] => [
        name,
        `${fraud.totalMinor} of ${fraud.transactionCount}`,
      ]);
      expect(new Map(actual.toSorted())).toEqual(new Map([...expectedEvents(input)].toSorted()));
      expect(frauds.size).toBeGreaterThan(100);
      expect(await differing(up, input)).toEqual([]);
    } finally {
      await up.stop();
    }
  });

  it('unordered: each episode is opened, all members add up, totals are equal (O4)', {
    timeout: 400_000,
  }, async () => {
    const up = await startForTest({ scoreProcesses: 2, ordering: 'unordered', channel: 'none' });
    try {
      const frauds = await run(up, input);
      expect(wrongFrauds(frauds.values())).toEqual([]);
      const { count, missed } = judgeEpisodes(input.byPair, frauds.values());
      expect(count).toBeGreaterThan(100);
      expect(missed).toEqual([]);
      expect(await differing(up, input)).toEqual([]);
    } finally {
      await up.stop();
    }
  });
});
