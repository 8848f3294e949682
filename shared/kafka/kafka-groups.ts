import { setTimeout as sleep } from 'node:timers/promises';
import { adminOf, committedOf, lagOf } from './kafka-admin.ts';
import { createKafkaClient, type KafkaClientOptions } from './kafka-client.ts';

/** What a deployment leaves in Kafka, and how far its readers are behind. */
export interface KafkaGroups {
  /**
   * Records of the topic that the group has not committed yet; a new group reads from the start.
   */
  lag(group: string, topic: string): Promise<number>;
  /**
   * By partition, the offset that the group goes on from: all before it is settled. Without those
   * of which it has committed nothing.
   */
  committed(group: string, topic: string): Promise<ReadonlyMap<number, bigint>>;
  /**
   * Deletes those of the groups that are there; their offsets go. A group whose readers are just
   * leaving is waited for. Safe to repeat. Resolves with the groups that were there.
   */
  dropGroups(groups: readonly string[], waitMs: number): Promise<readonly string[]>;
  /** Deletes those of the topics that are there, and all that is in them. Safe to repeat. */
  dropTopics(topics: readonly string[]): Promise<readonly string[]>;
  close(): Promise<void>;
}

const RETRY_MS = 500;
const NON_EMPTY_GROUP = 68;

/** Connects when first used; every call ends in time, in AppError `topic` when it fails. */
export function createKafkaGroups(options: KafkaClientOptions): KafkaGroups {
  const kafka = createKafkaClient(options);
  const ask = adminOf(() => kafka.admin(), options.brokers);
  const dropOnce = (group: string): Promise<unknown> =>
    ask.run(`deleting the group ${group}`, (admin) =>
      admin.deleteGroups([group]).catch((error: unknown) => {
        throw ownReason(error) ?? error;
      }),
    );
  return {
    lag: (group, topic) =>
      ask.run('asking for the lag', (admin) => lagOf(admin, topic, group, 'earliest')),
    committed: (group, topic) =>
      ask.run('asking what is committed', (admin) => committedOf(admin, topic, group)),
    async dropGroups(groups, waitMs) {
      const { groups: known } = await ask.run('listing groups', (admin) => admin.listGroups());
      const there = groups.filter((group) => known.some(({ groupId }) => groupId === group));
      const deadlineMs = performance.now() + waitMs;
      for (const group of there) {
        while (true) {
          const problem = await dropOnce(group).then(
            () => undefined,
            (error: Error) => error,
          );
          if (problem === undefined) break;
          if (performance.now() > deadlineMs) throw problem;
          await sleep(RETRY_MS);
        }
      }
      return there;
    },
    async dropTopics(topics) {
      const known = new Set(await ask.run('listing topics', (admin) => admin.listTopics()));
      const there = topics.filter((topic) => known.has(topic));
      if (there.length > 0) {
        await ask.run('deleting topics', (admin) => admin.deleteTopics({ topics: [...there] }));
      }
      return there;
    },
    close: () => ask.close(),
  };
}

/** kafkajs says of several groups at once only that something went wrong. */
function ownReason(error: unknown): Error | undefined {
  const [first] = (error as { groups?: { errorCode?: number; error?: Error }[] }).groups ?? [];
  if (first?.errorCode !== NON_EMPTY_GROUP) return first?.error;
  return new Error('somebody still reads as it: another deployment, or one that goes on');
}
