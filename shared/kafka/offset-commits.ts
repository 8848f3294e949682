import type { Consumer } from 'kafkajs';
import { topicError } from './kafka-client.ts';

/**
 * The commits of one consumer: one at a time for each partition, never backwards within a lease,
 * and done only when the broker has said so. kafkajs resolves a commit without having made one when
 * it does not run at that moment, but tells of each that was made in an event of its own.
 */
export class OffsetCommits {
  readonly #consumer: Consumer;
  readonly #topic: string;
  readonly #brokers: readonly string[];
  readonly #underWay = new Map<number, Promise<void>>();
  readonly #confirmed = new Map<number, bigint>();

  constructor(consumer: Consumer, options: { topic: string; brokers: readonly string[] }) {
    this.#consumer = consumer;
    this.#topic = options.topic;
    this.#brokers = options.brokers;
    consumer.on('consumer.commit_offsets', ({ payload }) => {
      for (const { topic, partitions } of payload.topics) {
        if (topic !== this.#topic) continue;
        for (const { partition, offset } of partitions) {
          this.#confirmed.set(partition, BigInt(String(offset)));
        }
      }
    });
  }

  /** A new lease begins where the group stands, which may be anywhere. */
  begin(partition: number): void {
    this.#confirmed.delete(partition);
  }

  /**
   * Begins before it first waits where no other commit of the partition is under way: at a
   * rebalance there is no later moment.
   */
  async commit(partition: number, nextOffset: bigint): Promise<void> {
    for (let other = this.#underWay.get(partition); other; other = this.#underWay.get(partition)) {
      await other.catch(() => {}); // its own caller is told
    }
    const confirmed = this.#confirmed.get(partition);
    if (confirmed !== undefined && confirmed >= nextOffset) return;
    const made = this.#make(partition, nextOffset).finally(() => this.#underWay.delete(partition));
    this.#underWay.set(partition, made);
    await made;
  }

  async #make(partition: number, nextOffset: bigint): Promise<void> {
    const topic = this.#topic;
    try {
      await this.#consumer.commitOffsets([{ topic, partition, offset: String(nextOffset) }]);
      if (this.#confirmed.get(partition) === nextOffset) return;
    } catch (error) {
      throw topicError(this.#brokers, `committing in topic ${topic}`, error);
    }
    throw topicError(this.#brokers, `committing in topic ${topic}`, 'the reader is not running');
  }
}
