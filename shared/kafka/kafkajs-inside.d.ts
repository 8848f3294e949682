/**
 * What we use of the inside of kafkajs: its public consumer reads only as a member of a group,
 * never tells of records that it filters out, and so cannot tell that a topic has been read.
 */
declare module 'kafkajs/src/cluster/index.js' {
  import type { KafkaConfig, Logger } from 'kafkajs';
  import type { FetchedPartition } from 'kafkajs/src/consumer/batch.js';

  export interface FetchRequest {
    readonly isolationLevel: number;
    readonly maxWaitTime: number;
    readonly minBytes: number;
    readonly maxBytes: number;
    readonly topics: ReadonlyArray<{
      readonly topic: string;
      readonly partitions: ReadonlyArray<{
        readonly partition: number;
        readonly fetchOffset: string;
        readonly maxBytes: number;
      }>;
    }>;
  }

  // biome-ignore lint/style/noDefaultExport: CommonJS gives it so
  export default class Cluster {
    constructor(
      options: Omit<KafkaConfig, 'logLevel' | 'logCreator'> & {
        readonly logger: Logger;
        readonly metadataMaxAge: number;
        readonly allowAutoTopicCreation: boolean;
        readonly isolationLevel: number;
      },
    );
    connect(): Promise<void>;
    disconnect(): Promise<void>;
    addTargetTopic(topic: string): Promise<void>;
    findTopicPartitionMetadata(topic: string): ReadonlyArray<{ readonly partitionId: number }>;
    /** Partitions by the node id of their leader. */
    findLeaderForPartitions(
      topic: string,
      partitions: readonly number[],
    ): Record<string, readonly number[]>;
    findBroker(node: { readonly nodeId: string }): Promise<{
      fetch(request: FetchRequest): Promise<{
        readonly responses: ReadonlyArray<{ readonly partitions: readonly FetchedPartition[] }>;
      }>;
    }>;
    fetchTopicsOffset(
      topics: ReadonlyArray<{
        readonly topic: string;
        readonly partitions: ReadonlyArray<{ readonly partition: number }>;
        readonly fromBeginning?: boolean;
        readonly fromTimestamp?: number;
      }>,
    ): Promise<
      ReadonlyArray<{
        readonly partitions: ReadonlyArray<{ readonly partition: number; readonly offset: string }>;
      }>
    >;
  }
}

declare module 'kafkajs/src/consumer/batch.js' {
  import type { KafkaMessage } from 'kafkajs';

  /** A record as it was fetched, with the batch that it was written in. */
  export type FetchedRecord = KafkaMessage & {
    /** Absent in the message formats of before Kafka 0.11. */
    readonly batchContext?: { readonly firstOffset: string; readonly lastOffsetDelta: number };
  };

  export interface FetchedPartition {
    readonly partition: number;
    /** Behind the last record that a reader of committed records may see now. */
    readonly lastStableOffset: string;
    /** Control records and those of aborted Kafka transactions included. */
    readonly messages: readonly FetchedRecord[];
  }

  // biome-ignore lint/style/noDefaultExport: CommonJS gives it so
  export default class Batch {
    constructor(topic: string, fetchedOffset: string, partition: FetchedPartition);
    /** From the fetched offset on, without control records and what was aborted. */
    readonly messages: readonly KafkaMessage[];
  }
}
