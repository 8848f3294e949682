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
