/**
 * The port to a partitioned, keyed topic log. Two things implement it: kafkajs on a real broker
 * (`shared/kafka/kafka-topics.ts`) and the embedded log of the laptop (`local/embedded-log.ts`).
 */
export interface TopicRecord {
  /** Record key; decides the partition. Null: any partition. */
  readonly key: string | null;
  readonly value: Buffer | null;
  /** Header names are lower case; the last one wins where a name is repeated. */
  readonly headers: Readonly<Record<string, string>>;
  /** Epoch milliseconds; absent: when it is written. */
  readonly timestampMs?: number;
}

/** A record as it stands in the log. */
export interface StoredRecord extends TopicRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly timestampMs: number;
}

export interface TopicWriter {
  /**
   * Writes the records, in order within each partition, and resolves when all are acknowledged by
   * all in-sync replicas. Rejects with AppError `topic`; some may then have been written.
   */
  write(topic: string, records: readonly TopicRecord[]): Promise<void>;
  /** Undefined when the topic log answers, else one sentence that says what is wrong. */
  problem(): Promise<string | undefined>;
  close(): Promise<void>;
}

/**
 * One partition of a topic, while it is assigned to this reader. When the group shares out its
 * partitions anew, leases end and new ones begin, even for a partition that stays here: it then
 * starts again at its committed offset.
 */
export interface PartitionLease {
  readonly topic: string;
  readonly partition: number;
  /** Aborts when the partition is no longer ours; what is in flight will be delivered elsewhere. */
  readonly signal: AbortSignal;
  /**
   * Commits for the group: every record before `nextOffset` is settled. Safe to repeat; does
   * nothing once the lease is over. Rejects with AppError `topic`.
   */
  commit(nextOffset: bigint): Promise<void>;
}

/** Why a lease ends: `stop` waits for what is in flight, `rebalance` cannot. */
export type ReleaseReason = 'stop' | 'rebalance';

export interface Subscription {
  readonly topic: string;
  readonly group: string;
  /** Where a group begins that has committed nothing yet. */
  readonly from: 'earliest' | 'latest';
  /** Records of one call, at most; 50 unless set. */
  readonly maxRecords?: number;
  /**
   * The next records of one partition, in offset order. The next call for the same partition comes
   * when the promise has resolved, which is how a slow reader slows the log. Must not reject.
   */
  readonly onRecords: (lease: PartitionLease, records: readonly StoredRecord[]) => Promise<void>;
  /**
   * The last moment at which the lease may commit. On `stop` the reader waits for the promise; on
   * `rebalance` only what is begun before the first await is sure to count.
   */
  readonly onRelease?: (lease: PartitionLease, reason: ReleaseReason) => Promise<void>;
}

export interface RunningSubscription {
  /** Records of the topic that the group has not committed yet, in all partitions. */
  lag(): Promise<number>;
  /** Takes no more records, waits for `onRecords` and `onRelease`, then leaves the group. */
  stop(): Promise<void>;
}

export interface TopicReader {
  /**
   * Joins the group and delivers the topic's records until stopped. Resolves when partitions are
   * assigned (or the group is known to have more readers than partitions).
   * @throws AppError `topic` when the broker does not answer or has no such topic.
   */
  subscribe(subscription: Subscription): Promise<RunningSubscription>;
}

export interface TopicSpec {
  readonly name: string;
  readonly partitions: number;
  /** Copies of each partition; absent: what the broker's settings say. */
  readonly replicas?: number;
  /** Of each record key the newest is kept for ever; absent: all, as long as the broker says. */
  readonly isCompacted?: true;
}

export interface TopicAdmin {
  /** Creates those of the topics that do not exist yet. Safe to repeat. */
  ensureTopics(topics: readonly TopicSpec[]): Promise<void>;
}
