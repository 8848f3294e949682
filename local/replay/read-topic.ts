import { AppError } from '#shared/errors.ts';
import type { PartitionSpan, TopicHistory } from '#shared/kafka/kafka-history.ts';
import type { StoredRecord } from '#shared/kafka/topic.ts';
import { transactionOfRecord } from '../record-transactions.ts';
import { emptyRow, type RowTarget } from './rows-of-records.ts';

export interface TopicOptions {
  readonly history: TopicHistory;
  readonly topic: string;
  readonly onRefused: (place: string, error: AppError) => void;
  /** After some records: how many of all offsets are behind them. */
  readonly onProgress?: (passed: number, all: number) => void | Promise<void>;
}

/** What one partition has given and nobody has taken yet. */
interface Lane {
  readonly partition: number;
  records: readonly StoredRecord[];
  next: number;
  /** Of the record that is next; a refused one is due at once. */
  timeMs: number;
  isDone: boolean;
  /** Asks for more. */
  wake: () => void;
}

/**
 * Reads what stands in a topic now, its partitions side by side: each in its own order, and of
 * their next records always the one with the oldest event time. Holds one fetch of each partition.
 */
export async function readTopic(target: RowTarget, options: TopicOptions): Promise<void> {
  const { history, topic, onProgress } = options;
  const spans = await history.spans(topic);
  if (spans === undefined) throw new Error(`there is no topic ${topic}; name it by --topic`);
  const all = spans.reduce((sum, { begin, end }) => sum + Number(end - begin), 0);
  const reading = new Lanes(options, spans);
  const row = emptyRow();
  let passed = 0;
  for (;;) {
    const found = await reading.next();
    if (found === undefined) break;
    passed += 1;
    if (passed % 1000 === 0) await onProgress?.(passed, all);
    if (found instanceof AppError) continue;
    row.id = found.id;
    row.isIdOwn = false;
    row.eventTimeMs = found.eventTimeMs;
    row.amountMinor = found.amountMinor;
    row.originNumber = target.accounts.ofText(found.origin);
    row.targetNumber = target.accounts.ofText(found.target);
    row.currencyNumber = target.currencies.ofText(found.currency);
    target.add(row);
  }
}

class Lanes {
  readonly #options: TopicOptions;
  readonly #lanes: Lane[];
  readonly #read = new Map<StoredRecord, ReturnType<typeof transactionOfRecord>>();
  #failure: unknown;
  #changed = Promise.withResolvers<void>();

  constructor(options: TopicOptions, spans: readonly PartitionSpan[]) {
    this.#options = options;
    this.#lanes = spans.map((span) => this.#open(span));
  }

  /** The transaction that is next, or why there is none in its record; undefined at the end. */
  async next(): Promise<ReturnType<typeof transactionOfRecord> | undefined> {
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure;
      const waiting = this.#lanes.some((lane) => !lane.isDone && lane.next >= lane.records.length);
      if (!waiting) break;
      const { promise } = this.#changed;
      await promise;
    }
    let first: Lane | undefined;
    for (const lane of this.#lanes) {
      if (lane.next >= lane.records.length) continue;
      if (first === undefined || lane.timeMs < first.timeMs) first = lane;
    }
    if (first === undefined) return undefined;
    const record = first.records[first.next] as StoredRecord;
    const found = this.#read.get(record) ?? this.#look(record);
    this.#read.delete(record);
    first.next += 1;
    this.#lookAhead(first);
    return found;
  }

  #open({ partition, begin, end }: PartitionSpan): Lane {
    const lane: Lane = {
      ...{ partition, records: [], next: 0, timeMs: 0, isDone: false, wake: () => {} },
    };
    const { history, topic } = this.#options;
    const onRecords = (records: readonly StoredRecord[]): Promise<void> => {
      lane.records = records;
      lane.next = 0;
      this.#lookAhead(lane);
      const taken = Promise.withResolvers<void>();
      lane.wake = taken.resolve;
      this.#notify();
      return taken.promise;
    };
    history.read(topic, [{ partition, begin, end }], onRecords).then(
      () => {
        lane.isDone = true;
        this.#notify();
      },
      (error: unknown) => {
        this.#failure = error;
        this.#notify();
      },
    );
    return lane;
  }

  /** Knows the time of the lane's next record; asks for more where there is none. */
  #lookAhead(lane: Lane): void {
    const record = lane.records[lane.next];
    if (record === undefined) {
      lane.wake();
      return;
    }
    const found = this.#look(record);
    this.#read.set(record, found);
    lane.timeMs = found instanceof AppError ? Number.NEGATIVE_INFINITY : found.eventTimeMs;
  }

  #look(record: StoredRecord): ReturnType<typeof transactionOfRecord> {
    const { topic, onRefused } = this.#options;
    const found = transactionOfRecord(record, { namespace: 'default', name: topic });
    if (found instanceof AppError) {
      onRefused(`partition ${record.partition} offset ${record.offset}`, found);
    }
    return found;
  }

  #notify(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }
}
