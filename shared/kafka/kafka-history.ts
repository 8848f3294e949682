import { setTimeout as sleep } from 'node:timers/promises';
import Cluster from 'kafkajs/src/cluster/index.js';
import Batch, { type FetchedPartition } from 'kafkajs/src/consumer/batch.js';
import { ADMIN_TIMEOUT_MS } from './kafka-admin.ts';
import {
  clientConfig,
  createKafkaClient,
  type KafkaClientOptions,
  topicError,
  withinDeadline,
} from './kafka-client.ts';
import { toStoredRecord } from './kafka-record.ts';
import type { StoredRecord } from './topic.ts';

/** A part of one partition: from offset `begin` on, up to before offset `end`. */
export interface PartitionSpan {
  readonly partition: number;
  readonly begin: bigint;
  readonly end: bigint;
}

export interface ReadOptions {
  /** Checked before each request; reading then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** After each answer: how many of all offsets are behind it, those without a record included. */
  readonly onProgress?: (passed: bigint, all: bigint) => void;
}

/**
 * What stands in topics at one moment: read to the end, then done. Belongs to no group, so it joins
 * nothing, commits nothing and leaves nothing behind.
 */
export interface TopicHistory {
  /**
   * Where each partition begins and ends now, in order; undefined where there is no such topic.
   * With `fromMs` it begins at the first record whose own timestamp is that or later, else where
   * the topic does, which is above 0 once its oldest records are gone. What a Kafka transaction
   * has not committed yet, and what is behind it, is past the end.
   */
  spans(topic: string, fromMs?: number): Promise<readonly PartitionSpan[] | undefined>;
  /**
   * Gives every record of the spans, one partition after the other, each in offset order, some at a
   * time; waits for what `onRecords` returns. Ends by itself, also where the last offsets hold no
   * record: control records, compacted or aborted ones. What retention deletes meanwhile is left
   * out. A leader that moves is followed.
   * @throws AppError `topic` when the brokers do not answer.
   */
  read(
    topic: string,
    spans: readonly PartitionSpan[],
    onRecords: (records: readonly StoredRecord[]) => void | Promise<void>,
    options?: ReadOptions,
  ): Promise<void>;
  close(): Promise<void>;
}

const READ_COMMITTED = 1;
const FETCH_MAX_BYTES = 4 * 1024 * 1024;
const FETCH_WAIT_MS = 500;
/** Failures in a row after which a partition is given up; a new leader is found in seconds. */
const TRIES = 8;
const RETRY_MS = 500;

/** Connects when first used. */
export function createKafkaHistory(options: KafkaClientOptions): TopicHistory {
  return new KafkaHistory(options);
}

class KafkaHistory implements TopicHistory {
  readonly #brokers: readonly string[];
  readonly #open: () => Cluster;
  #cluster: Cluster;

  constructor(options: KafkaClientOptions) {
    const logger = createKafkaClient(options).logger();
    this.#brokers = options.brokers;
    this.#open = () =>
      new Cluster({
        ...clientConfig(options),
        logger,
        metadataMaxAge: 60_000,
        allowAutoTopicCreation: false,
        isolationLevel: READ_COMMITTED,
      });
    this.#cluster = this.#open();
  }

  async spans(topic: string, fromMs?: number): Promise<readonly PartitionSpan[] | undefined> {
    const asking = this.#spans(topic, fromMs);
    return this.#inTime(asking, `asking for the offsets of topic ${topic}`);
  }

  async #spans(topic: string, fromMs?: number): Promise<readonly PartitionSpan[] | undefined> {
    await this.#cluster.connect();
    try {
      await this.#cluster.addTargetTopic(topic);
    } catch (error) {
      if (typeOf(error) === 'UNKNOWN_TOPIC_OR_PARTITION') return undefined;
      throw error;
    }
    // Ends first: what is written between the two questions is then behind both.
    const ends = await this.#offsets(topic, { fromBeginning: false });
    const lows = await this.#offsets(topic, { fromBeginning: true });
    const begins =
      fromMs === undefined ? lows : await this.#offsets(topic, { fromTimestamp: fromMs });
    return [...ends.keys()]
      .toSorted((a, b) => a - b)
      .map((partition) => {
        const end = ends.get(partition) ?? 0n;
        const begin = begins.get(partition) ?? 0n;
        const isNoneSince = begin < 0n || begin > end; // Kafka's own word for none is -1
        return { partition, begin: isNoneSince ? end : begin, end };
      });
  }

  async #offsets(
    topic: string,
    at: { readonly fromBeginning: boolean } | { readonly fromTimestamp: number },
  ): Promise<Map<number, bigint>> {
    const known = this.#cluster.findTopicPartitionMetadata(topic);
    const partitions = known.map(({ partitionId }) => ({ partition: partitionId }));
    const [answer] = await this.#cluster.fetchTopicsOffset([{ topic, partitions, ...at }]);
    return new Map(
      (answer?.partitions ?? []).map(({ partition, offset }) => [partition, BigInt(offset)]),
    );
  }

  async read(
    topic: string,
    spans: readonly PartitionSpan[],
    onRecords: (records: readonly StoredRecord[]) => void | Promise<void>,
    { signal, onProgress }: ReadOptions = {},
  ): Promise<void> {
    const all = spans.reduce((sum, { begin, end }) => sum + end - begin, 0n);
    let before = 0n;
    for (const { partition, begin, end } of spans) {
      let next = begin;
      while (next < end) {
        signal?.throwIfAborted();
        const { fetched, from } = await this.#fetchUntilAnswered(topic, partition, next, signal);
        const records = new Batch(topic, String(from), fetched).messages
          .map((message) => toStoredRecord({ topic, partition }, message))
          .filter(({ offset }) => offset < end);
        if (records.length > 0) await onRecords(records);
        // Batches that compaction has emptied are not shown to us: nothing is the end of them.
        const behind = offsetBehind(fetched) ?? end;
        next = behind < end ? behind : end;
        onProgress?.(before + next - begin, all);
      }
      before += end - begin;
    }
  }

  /**
   * Follows a leader that moves, steps over what was deleted since the spans were asked for, and
   * asks again where nothing comes: a leader may have to catch up, and a quota gives empty answers.
   */
  async #fetchUntilAnswered(
    topic: string,
    partition: number,
    offset: bigint,
    signal: AbortSignal | undefined,
  ): Promise<{ readonly fetched: FetchedPartition; readonly from: bigint }> {
    let from = offset;
    for (let attempt = 1; ; attempt++) {
      try {
        const fetching = this.#fetch(topic, partition, from);
        const fetched = await this.#inTime(fetching, `reading topic ${topic}`);
        const isBehind = BigInt(fetched.lastStableOffset) <= from;
        if (fetched.messages.length > 0 || (attempt === TRIES && !isBehind)) {
          return { fetched, from };
        }
        if (isBehind) throw new Error(`partition ${partition} has lost what is behind ${from}`);
      } catch (error) {
        if (attempt === TRIES) throw topicError(this.#brokers, `reading topic ${topic}`, error);
        if (typeOf((error as Error).cause) === 'OFFSET_OUT_OF_RANGE') {
          const begin = await this.#beginOf(topic, partition);
          if (begin > from) from = begin;
        }
      }
      signal?.throwIfAborted();
      await sleep(RETRY_MS);
      await this.#inTime(this.#connectAnew(topic), 'finding the leaders').catch(() => {});
    }
  }

  async #beginOf(topic: string, partition: number): Promise<bigint> {
    const spans = (await this.spans(topic).catch(() => [])) ?? [];
    return spans.find((span) => span.partition === partition)?.begin ?? 0n;
  }

  /** kafkajs goes on with a connection that is dead, as long as nobody has told it so. */
  async #connectAnew(topic: string): Promise<void> {
    void this.#cluster.disconnect().catch(() => {});
    this.#cluster = this.#open();
    await this.#cluster.connect();
    await this.#cluster.addTargetTopic(topic);
  }

  async #fetch(topic: string, partition: number, offset: bigint): Promise<FetchedPartition> {
    const [nodeId] = Object.keys(this.#cluster.findLeaderForPartitions(topic, [partition]));
    if (nodeId === undefined) throw new Error(`partition ${partition} has no leader`);
    const broker = await this.#cluster.findBroker({ nodeId });
    const place = { partition, fetchOffset: String(offset), maxBytes: FETCH_MAX_BYTES };
    const { responses } = await broker.fetch({
      isolationLevel: READ_COMMITTED,
      maxWaitTime: FETCH_WAIT_MS,
      minBytes: 1,
      maxBytes: FETCH_MAX_BYTES,
      topics: [{ topic, partitions: [place] }],
    });
    const fetched = responses[0]?.partitions[0];
    if (fetched === undefined) throw new Error(`no answer for partition ${partition}`);
    return fetched;
  }

  #inTime<T>(work: Promise<T>, what: string): Promise<T> {
    return withinDeadline(work, ADMIN_TIMEOUT_MS, this.#brokers, what);
  }

  close(): Promise<void> {
    return this.#cluster.disconnect();
  }
}

/** The offset behind the last batch that was fetched; undefined where none was. */
function offsetBehind({ messages }: FetchedPartition): bigint | undefined {
  const last = messages.at(-1);
  if (last === undefined) return undefined;
  const { batchContext } = last;
  if (batchContext === undefined) return BigInt(last.offset) + 1n;
  return BigInt(batchContext.firstOffset) + BigInt(batchContext.lastOffsetDelta) + 1n;
}

/** Kafka's name for what went wrong, where kafkajs tells one. */
function typeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'type' in error ? error.type : undefined;
}
