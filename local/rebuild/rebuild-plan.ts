import { type Pair, pairKey } from '#shared/domain/pair.ts';
import type { Rule } from '#shared/domain/rule.ts';
import type { Transaction } from '#shared/domain/transaction.ts';
import { AppError } from '#shared/errors.ts';
import type { PartitionSpan, ReadOptions, TopicHistory } from '#shared/kafka/kafka-history.ts';
import type { StoredRecord } from '#shared/kafka/topic.ts';
import type { SourceName } from '../eventing/record-to-event.ts';
import { transactionOfRecord } from '../record-transactions.ts';
import { PairStart } from './pair-start.ts';

export interface PlanOptions {
  readonly history: TopicHistory;
  readonly topic: string;
  /** Of the KafkaSource: part of the ids of plain records. */
  readonly source: SourceName;
  readonly rule: Rule;
  /** Score's MAX_FUTURE_MS; 0: any time was taken. */
  readonly maxFutureMs: number;
  /** Pairs that had no record since are forgotten; epoch milliseconds. */
  readonly sinceMs: number;
  /** Everything since then is to be read again, whatever the pairs need. */
  readonly isWhole?: boolean;
  readonly options?: ReadOptions;
}

/** What of a topic has to be read again. */
export interface RebuildPlan {
  readonly spans: readonly PartitionSpan[];
  readonly pairs: number;
  /** True for a record that is to be read again. */
  isNeeded(record: StoredRecord): boolean;
}

/**
 * Looks through the topic, as far back as the store remembers, and finds for each pair where to
 * begin (see `PairStart`). Undefined where there is no such topic.
 */
export async function planRebuild(plan: PlanOptions): Promise<RebuildPlan | undefined> {
  const { history, topic, source, rule, maxFutureMs, sinceMs, options = {} } = plan;
  const spans = await history.spans(topic, sinceMs);
  if (spans === undefined) return undefined;
  const starts = new Map<string, PairStart>();
  const read = (record: StoredRecord): Transaction | undefined =>
    takenTransaction(record, source, maxFutureMs);
  const take = (record: StoredRecord): void => {
    const transaction = read(record);
    if (transaction === undefined) return;
    const name = pairName(transaction);
    const start = starts.get(name) ?? new PairStart(rule);
    starts.set(name, start);
    start.add(transaction, record);
  };
  await history.read(topic, spans, (records) => records.forEach(take), options);
  if (plan.isWhole) return { spans, pairs: starts.size, isNeeded: () => true };
  const fromMs = new Map<string, number>();
  const least = new Map<number, bigint>();
  for (const [name, pair] of starts) {
    const start = pair.start();
    fromMs.set(name, start.fromMs);
    for (const [partition, offset] of start.offsets) {
      const known = least.get(partition);
      if (known === undefined || offset < known) least.set(partition, offset);
    }
  }
  return {
    spans: spans.map(({ partition, end }) => ({
      ...{ partition, begin: least.get(partition) ?? end, end },
    })),
    pairs: starts.size,
    isNeeded: (record) => {
      const transaction = read(record);
      if (transaction === undefined) return false;
      // A pair that is new since then is read from its beginning.
      const pairFromMs = fromMs.get(pairName(transaction)) ?? Number.NEGATIVE_INFINITY;
      return transaction.eventTimeMs >= pairFromMs;
    },
  };
}

/** What score took from a record when it came; undefined for what it refused, and always would. */
function takenTransaction(
  record: StoredRecord,
  source: SourceName,
  maxFutureMs: number,
): Transaction | undefined {
  const transaction = transactionOfRecord(record, source);
  if (transaction instanceof AppError) return undefined;
  const isAhead = transaction.eventTimeMs > record.timestampMs + maxFutureMs;
  return maxFutureMs > 0 && isAhead ? undefined : transaction;
}

function pairName(pair: Pair): string {
  return `${pair.currency}:${pairKey(pair)}`;
}
