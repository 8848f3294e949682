import { type Consumer, type EachBatchPayload, type Kafka, PartitionAssigners } from 'kafkajs';
import type { Log } from '#shared/log.ts';
import { topicError, withinDeadline } from './kafka-client.ts';
import { toStoredRecord } from './kafka-record.ts';
import { LeasedPartition } from './leased-partition.ts';
import type { Subscription } from './topic.ts';

export interface KafkaSubscriptionOptions {
  readonly kafka: Kafka;
  readonly brokers: readonly string[];
  readonly log: Log;
  /** How long a reader may be silent before its partitions go to others, milliseconds. */
  readonly sessionTimeoutMs: number;
  readonly joinTimeoutMs: number;
}

const HEARTBEATS_A_SESSION = 4;
const RESTART_DELAY_MS = 1000;

/**
 * One membership in one group: keeps a kafkajs consumer running, and turns its batches into leased
 * partitions. A consumer that gave up is replaced by a new one until `stop`.
 */
export class KafkaSubscription {
  readonly #subscription: Subscription;
  readonly #options: KafkaSubscriptionOptions;
  #consumer: Consumer | undefined;
  #partitions = new Map<number, LeasedPartition>();
  #restartTimer: NodeJS.Timeout | undefined;
  #stopped: Promise<void> | undefined;

  constructor(subscription: Subscription, options: KafkaSubscriptionOptions) {
    this.#subscription = subscription;
    this.#options = options;
  }

  /** Resolves when the group has taken us in. */
  async start(): Promise<void> {
    const { brokers, joinTimeoutMs } = this.#options;
    const { topic, group } = this.#subscription;
    const what = `joining group ${group} on topic ${topic}`;
    const consumer = this.#create();
    const run = async (): Promise<void> => {
      const joined = new Promise<void>((resolve, reject) => {
        consumer.on('consumer.group_join', () => resolve());
        // A broker that has just started says for a moment that it is loading the group; kafkajs
        // then tries again by itself, and the deadline around this ends it.
        consumer.on('consumer.crash', ({ payload }) => {
          if (!payload.restart) reject(payload.error);
        });
      });
      joined.catch(() => {}); // what fails before it is waited for is told below
      await consumer.connect();
      await consumer.subscribe({ topic, fromBeginning: this.#subscription.from === 'earliest' });
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        // Batches are only queued here, so one worker does; the queues are what runs at once.
        partitionsConsumedConcurrently: 1,
        eachBatch: async (payload) => this.#onBatch(payload),
      });
      await joined;
    };
    try {
      await withinDeadline(run(), joinTimeoutMs, brokers, what);
    } catch (error) {
      if (this.#consumer === consumer) this.#consumer = undefined;
      void consumer.disconnect().catch(() => {});
      throw error;
    }
  }

  #create(): Consumer {
    const { kafka, log, sessionTimeoutMs } = this.#options;
    const consumer = kafka.consumer({
      groupId: this.#subscription.group,
      sessionTimeout: sessionTimeoutMs,
      heartbeatInterval: Math.floor(sessionTimeoutMs / HEARTBEATS_A_SESSION),
      rebalanceTimeout: 60_000,
      metadataMaxAge: 10_000,
      allowAutoTopicCreation: false,
      maxBytesPerPartition: 1024 * 1024,
      minBytes: 1,
      maxBytes: 10 * 1024 * 1024,
      maxWaitTimeInMs: 250,
      partitionAssigners: [PartitionAssigners.roundRobin],
      retry: {
        initialRetryTime: 100,
        maxRetryTime: 2000,
        retries: 5,
        restartOnFailure: async () => true,
      },
    });
    this.#consumer = consumer;
    consumer.on('consumer.rebalancing', () => this.#revokeAll());
    consumer.on('consumer.group_join', ({ payload }) => {
      this.#revokeAll();
      if (this.#stopped !== undefined) return;
      for (const partition of payload.memberAssignment[this.#subscription.topic] ?? []) {
        this.#lease(consumer, partition);
      }
    });
    consumer.on('consumer.crash', ({ payload }) => {
      this.#revokeAll();
      log.warn({ err: payload.error, group: this.#subscription.group }, 'the reader is restarted');
      if (!payload.restart && this.#consumer === consumer) this.#restartLater();
    });
    return consumer;
  }

  #restartLater(): void {
    if (this.#stopped !== undefined) return;
    this.#restartTimer = setTimeout(() => {
      void this.#consumer?.disconnect().catch(() => {});
      this.start().catch((error: unknown) => {
        this.#options.log.warn({ err: error }, 'the reader does not come back yet');
        this.#restartLater();
      });
    }, RESTART_DELAY_MS);
  }

  #lease(consumer: Consumer, partition: number): void {
    const { topic } = this.#subscription;
    const place = [{ topic, partitions: [partition] }];
    const leased = new LeasedPartition({
      topic,
      partition,
      subscription: this.#subscription,
      commit: (number, nextOffset) => this.#commit(consumer, number, nextOffset),
      pause: () => consumer.pause(place),
      resume: () => consumer.resume(place),
    });
    // A pause outlives the lease that asked for it.
    consumer.resume(place);
    this.#partitions.set(partition, leased);
  }

  async #commit(consumer: Consumer, partition: number, nextOffset: bigint): Promise<void> {
    const { topic } = this.#subscription;
    try {
      await consumer.commitOffsets([{ topic, partition, offset: String(nextOffset) }]);
    } catch (error) {
      throw topicError(this.#options.brokers, `committing in topic ${topic}`, error);
    }
  }

  #onBatch({ batch, resolveOffset, isStale }: EachBatchPayload): void {
    const leased = this.#partitions.get(batch.partition);
    if (leased === undefined || isStale()) return;
    leased.push(batch.messages.map((message) => toStoredRecord(batch, message)));
    resolveOffset(batch.lastOffset());
  }

  #revokeAll(): void {
    for (const leased of this.#partitions.values()) leased.revoke();
    this.#partitions = new Map();
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    clearTimeout(this.#restartTimer);
    await Promise.all([...this.#partitions.values()].map((leased) => leased.stop()));
    await this.#consumer?.disconnect();
  }
}
