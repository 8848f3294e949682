import type { TopicRecord } from '#shared/kafka/topic.ts';
import { partitionForKey } from '../../embedded/murmur2.ts';
import { createPartitionLog, type PartitionLog } from '../../embedded/partition-log.ts';
import type { VirtualTime } from '../kernel/virtual-time.ts';

export type TopicName = 'transactions' | 'fraud' | 'transactions-dlq' | 'fraud-dlq';

/** The simulated broker's topics: what is in them stays, as Kafka's replication has it. */
export interface SimTopics {
  append(topic: TopicName, record: TopicRecord): void;
  logs(topic: TopicName): readonly PartitionLog[];
  /** Called for each record, once it is written. */
  onAppend(work: (topic: TopicName, record: TopicRecord) => void): void;
}

const PARTITIONS = 4;

export function createSimTopics(time: VirtualTime): SimTopics {
  const topics = new Map<TopicName, readonly PartitionLog[]>();
  const watchers: ((topic: TopicName, record: TopicRecord) => void)[] = [];
  const logs = (topic: TopicName): readonly PartitionLog[] => {
    const known = topics.get(topic);
    if (known !== undefined) return known;
    const made = Array.from({ length: PARTITIONS }, createPartitionLog);
    topics.set(topic, made);
    return made;
  };
  return {
    logs,
    append(topic, record) {
      const partition = partitionForKey(record.key ?? 'none', PARTITIONS);
      logs(topic)[partition]?.append({ ...record, topic, partition, timestampMs: time.nowMs });
      for (const watch of watchers) watch(topic, record);
    },
    onAppend: (work) => void watchers.push(work),
  };
}
