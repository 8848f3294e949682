import { randomUUID } from 'node:crypto';
import type { Fraud } from '#shared/domain/fraud.ts';
import type { Transaction } from '#shared/domain/transaction.ts';
import { DECODE_LIMITS, decodeTransactions } from '#shared/events/decode-transactions.ts';
import type { RunningSubscription, StoredRecord, TopicReader } from '#shared/kafka/topic.ts';
import { recordToEvent } from '../eventing/record-to-event.ts';
import { toBinaryRequest } from '../eventing/wire-event.ts';
import { fraudOfRecord } from '../watch-topic.ts';
import { poisonReason } from './poison.ts';
import { TOPICS } from './stage-plan.ts';

/** What stands in the topics, read beside the product by a reader of its own. */
export interface Evidence {
  /** Every transaction as it stands there, repeats included, each pair's in the log's order. */
  readonly transactions: readonly Transaction[];
  /** Place of each planted poison, and the reason that its dead letter must give. */
  readonly poison: ReadonlyMap<string, string>;
  /** Every fraud event, repeats included. */
  readonly frauds: readonly Fraud[];
  /** Place in `transactions` that each dead letter tells, and its reason. */
  readonly deadLetters: ReadonlyMap<string, string>;
  /** Places of fraud events that were given up. */
  readonly fraudDeadLetters: readonly string[];
  /** Records of all topics that it has not read yet. */
  unread(): Promise<number>;
  stop(): Promise<void>;
}

export async function gatherEvidence(reader: TopicReader): Promise<Evidence> {
  const transactions: Transaction[] = [];
  const poison = new Map<string, string>();
  const frauds: Fraud[] = [];
  const deadLetters = new Map<string, string>();
  const fraudDeadLetters: string[] = [];
  const takers: Record<string, (record: StoredRecord) => void> = {
    [TOPICS.transactions]: (record) => {
      const reason = poisonReason(record);
      if (reason === undefined) transactions.push(transactionOf(record));
      else poison.set(`${record.partition}/${record.offset}`, reason);
    },
    [TOPICS.fraud]: (record) => frauds.push(fraudOfRecord(record)),
    [TOPICS.transactionsDeadLetters]: ({ headers }) => {
      const place = `${headers.ce_knativekafkapartition}/${headers.ce_knativekafkaoffset}`;
      deadLetters.set(place, headers.ce_reason ?? 'no reason');
    },
    [TOPICS.fraudDeadLetters]: ({ headers }) => fraudDeadLetters.push(headers.ce_id ?? 'no id'),
  };
  const subscriptions: RunningSubscription[] = [];
  for (const [topic, take] of Object.entries(takers)) {
    subscriptions.push(await readOnce(reader, topic, take));
  }
  return {
    ...{ transactions, poison, frauds, deadLetters, fraudDeadLetters },
    unread: async () => {
      let unread = 0;
      for (const subscription of subscriptions) unread += await subscription.lag();
      return unread;
    },
    stop: async () => {
      await Promise.all(subscriptions.map((subscription) => subscription.stop()));
    },
  };
}

/** Takes each record once, in order, though a group that joins again begins where it committed. */
function readOnce(
  reader: TopicReader,
  topic: string,
  take: (record: StoredRecord) => void,
): Promise<RunningSubscription> {
  const nextOffsets = new Map<number, bigint>();
  return reader.subscribe({
    topic,
    group: `chaos-evidence-${randomUUID()}`,
    from: 'earliest',
    onRecords: async (lease, records) => {
      for (const record of records) {
        if (record.offset < (nextOffsets.get(record.partition) ?? 0n)) continue;
        nextOffsets.set(record.partition, record.offset + 1n);
        take(record);
      }
      const next = nextOffsets.get(lease.partition);
      // Where it fails the next one covers it.
      if (next !== undefined) await lease.commit(next).catch(() => {});
    },
  });
}

function transactionOf(record: StoredRecord): Transaction {
  const { headers, body } = toBinaryRequest(recordToEvent(record, { namespace: '', name: '' }));
  const limits = { ...DECODE_LIMITS, maxFutureMs: 0 };
  const makeId = (): string => `${record.partition}/${record.offset}`;
  const decoded = decodeTransactions(headers, body, { limits, nowMs: 0, makeId });
  if (decoded.kind === 'batch') throw new Error('the load writes no batches');
  return decoded.transaction;
}
