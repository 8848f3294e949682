import { AppError } from '#shared/errors.ts';
import type {
  RunningSubscription,
  Subscription,
  TopicAdmin,
  TopicReader,
  TopicRecord,
  TopicSpec,
  TopicWriter,
} from '#shared/kafka/topic.ts';
import { ConsumerGroup } from './embedded/consumer-group.ts';
import { partitionForKey } from './embedded/murmur2.ts';
import { createPartitionLog, type PartitionLog } from './embedded/partition-log.ts';

export interface EmbeddedLogOptions {
  /** Partitions of a topic that nobody created explicitly; default 6. */
  readonly partitions?: number;
  /** Records kept in each partition after every group that reads has committed them; 10,000. */
  readonly retainRecords?: number;
  /**
   * Records kept in each partition at all, default 200,000. When a group that reads is so far
   * behind, writing is refused rather than anything dropped unread.
   */
  readonly maxRecords?: number;
  /** The clock for records that carry no timestamp, epoch milliseconds. */
  readonly now?: () => number;
}

export type EmbeddedLog = TopicWriter & TopicReader & TopicAdmin;

interface Topic {
  readonly name: string;
  readonly logs: readonly PartitionLog[];
  readonly groups: Map<string, ConsumerGroup>;
  /** Where the next record without a key goes. */
  nextPartition: number;
}

/**
 * The laptop's Kafka: partitioned, keyed topics in memory, with offsets and consumer groups. Same
 * key, same partition, and the same one that Kafka's default partitioner chooses. Nothing survives
 * the process. Passes `shared/kafka/topic-contract.ts` like the real one.
 */
export function createEmbeddedLog(options: EmbeddedLogOptions = {}): EmbeddedLog {
  const { partitions = 6, retainRecords = 10_000, maxRecords = 200_000, now = Date.now } = options;
  const topics = new Map<string, Topic>();
  let isClosed = false;

  const topicNamed = (name: string, count = partitions): Topic => {
    let topic = topics.get(name);
    if (topic === undefined) {
      const logs = Array.from({ length: count }, createPartitionLog);
      topic = { name, logs, groups: new Map(), nextPartition: 0 };
      topics.set(name, topic);
    }
    return topic;
  };
  const refuseWhenClosed = (): void => {
    if (isClosed) throw new AppError('topic', 'the embedded topic log is closed');
  };
  return {
    async ensureTopics(specs: readonly TopicSpec[]) {
      for (const { name, partitions: count } of specs) topicNamed(name, count);
    },
    async write(name, records) {
      refuseWhenClosed();
      const topic = topicNamed(name);
      for (const record of records) append(topic, record, maxRecords, now);
      trim(topic, retainRecords);
    },
    async subscribe(subscription) {
      refuseWhenClosed();
      return join(topicNamed(subscription.topic), subscription, retainRecords);
    },
    problem: async () => (isClosed ? 'the embedded topic log is closed' : undefined),
    close: async () => {
      isClosed = true;
    },
  };
}

function append(topic: Topic, record: TopicRecord, maxRecords: number, now: () => number): void {
  const partition = partitionFor(topic, record.key);
  const log = topic.logs[partition] as PartitionLog;
  if (log.endOffset - log.startOffset >= BigInt(maxRecords)) {
    log.trim(maxRecords - 1, neededOffset(topic, partition));
    if (log.endOffset - log.startOffset >= BigInt(maxRecords)) {
      throw new AppError('topic', `topic ${topic.name} is full: a reader is too far behind`);
    }
  }
  const timestampMs = record.timestampMs ?? now();
  log.append({ ...record, topic: topic.name, partition, timestampMs });
}

function partitionFor(topic: Topic, key: string | null): number {
  if (key !== null) return partitionForKey(key, topic.logs.length);
  topic.nextPartition = (topic.nextPartition + 1) % topic.logs.length;
  return topic.nextPartition;
}

/** The oldest offset that a group which reads now has not settled. */
function neededOffset(topic: Topic, partition: number): bigint {
  let needed = (topic.logs[partition] as PartitionLog).endOffset;
  for (const group of topic.groups.values()) {
    const committed = group.committed(partition);
    if (group.hasMembers && committed < needed) needed = committed;
  }
  return needed;
}

function trim(topic: Topic, retainRecords: number): void {
  topic.logs.forEach((log, partition) => {
    log.trim(retainRecords, neededOffset(topic, partition));
  });
}

function join(
  topic: Topic,
  subscription: Subscription,
  retainRecords: number,
): RunningSubscription {
  let group = topic.groups.get(subscription.group);
  if (group === undefined) {
    const onCommit = (): void => trim(topic, retainRecords);
    group = new ConsumerGroup(topic.logs, subscription.from, onCommit);
    topic.groups.set(subscription.group, group);
  }
  const joined = group;
  return { lag: async () => joined.lag(), stop: joined.join(subscription) };
}
