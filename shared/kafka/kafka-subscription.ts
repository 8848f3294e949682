import { type Consumer, type EachBatchPayload, type Kafka, PartitionAssigners } from 'kafkajs';
import type { Log } from '#shared/log.ts';
import { withinDeadline } from './kafka-client.ts';
import { toStoredRecord } from './kafka-record.ts';
import { LeasedPartition } from './leased-partition.ts';
import { OffsetCommits } from './offset-commits.ts';
import type { Subscription } from './topic.ts';

export interface KafkaSubscriptionOptions {
  readonly kafka: Kafka;
  readonly brokers: readonly string[];
  readonly log: Log;
  /** How long a reader may be silent before its partitions go to others, milliseconds. */
  readonly sessionTimeoutMs: number;
  readonly joinTimeoutMs: number;
  /** The end of each partition of which the group has committed nothing yet. */
  readonly endsOfNew: () => Promise<Map<number, bigint>>;
}

const HEARTBEATS_A_SESSION = 4;
const RESTART_DELAY_MS = 1000;

/**
 * One membership in one group: keeps a kafkajs consumer running, and turns its batches into leased
 * partitions. A consumer that gave up, or that cannot be trusted any more, is replaced by a new one
 * until `stop`; only the one in `#consumer` is listened to.
 */
export class KafkaSubscription {
  readonly #subscription: Subscription;
  readonly #options: KafkaSubscriptionOptions;
  #consumer: Consumer | undefined;
  #partitions = new Map<number, LeasedPartition>();
  /** Where partitions begin that the group never read, when it wants the latest records only. */
  #beginnings: Map<number, bigint> | undefined;
  #restartTimer: NodeJS.Timeout | undefined;
  #leaving: Promise<void> | undefined;
  #stopped: Promise<void> | undefined;

  constructor(subscription: Subscription, options: KafkaSubscriptionOptions) {
    this.#subscription = subscription;
    this.#options = options;
  }

  /** Resolves when the group has taken us in. Where it has not, nothing is left running. */
  async start(): Promise<void> {
    const { brokers, joinTimeoutMs } = this.#options;
    const { topic, group } = this.#subscription;
    const consumer = this.#create();
    this.#consumer = consumer;
    const joining = this.#join(consumer);
    try {
      const what = `joining group ${group} on topic ${topic}`;
      await withinDeadline(joining, joinTimeoutMs, brokers, what);
    } catch (error) {
      if (this.#consumer === consumer) this.#consumer = undefined;
      // Only when it has ended: kafkajs cannot stop what is still joining, it would be a member.
      void joining.catch(() => {}).then(() => disconnect(consumer));
      throw error;
    }
  }

  async #join(consumer: Consumer): Promise<void> {
    const { topic, from } = this.#subscription;
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
    await consumer.subscribe({ topic, fromBeginning: from === 'earliest' });
    // What is the latest is settled once: kafkajs would look it up at its first fetch, and again
    // after each join until something is committed, and pass over what was written between.
    if (from === 'latest') this.#beginnings ??= await this.#options.endsOfNew();
    if (this.#consumer !== consumer) throw new Error('given up');
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      // Batches are only queued here, so one worker does; the queues are what runs at once.
      partitionsConsumedConcurrently: 1,
      eachBatch: async (payload) => {
        if (this.#consumer === consumer) this.#onBatch(payload);
      },
    });
    await joined;
    await this.#holdBeginnings();
  }

  /** Commits where partitions begin: there they begin for whoever gets them next, too. */
  async #holdBeginnings(): Promise<void> {
    for (const [partition, beginning] of this.#beginnings ?? []) {
      const leased = this.#partitions.get(partition);
      // What is another reader's begins where that one says.
      if (leased === undefined) this.#beginnings?.delete(partition);
      await leased?.lease.commit(beginning).catch((error: unknown) => {
        this.#options.log.warn({ err: error, partition }, 'where reading began is not committed');
      });
    }
  }

  #create(): Consumer {
    const { kafka, sessionTimeoutMs } = this.#options;
    const consumer: Consumer = kafka.consumer({
      groupId: this.#subscription.group,
      sessionTimeout: sessionTimeoutMs,
      heartbeatInterval: Math.floor(sessionTimeoutMs / HEARTBEATS_A_SESSION),
      rebalanceTimeout: 60_000,
      metadataMaxAge: 10_000,
      allowAutoTopicCreation: false,
      maxBytesPerPartition: 256 * 1024,
      minBytes: 1,
      maxBytes: 4 * 1024 * 1024,
      maxWaitTimeInMs: 250,
      partitionAssigners: [PartitionAssigners.roundRobin],
      retry: {
        initialRetryTime: 100,
        maxRetryTime: 2000,
        retries: 5,
        restartOnFailure: async () => this.#stopped === undefined && this.#consumer === consumer,
      },
    });
    this.#listen(consumer);
    return consumer;
  }

  #listen(consumer: Consumer): void {
    const { log, brokers } = this.#options;
    const { topic, group } = this.#subscription;
    const commits = new OffsetCommits(consumer, { topic, brokers });
    let hasJoined = false;
    // A fetch asked for under one membership may be answered under the next, and kafkajs would go
    // on behind it: what lies between where the group stands and there would never be read.
    let areFetchesOver = true;
    consumer.on('consumer.rebalancing', () => {
      areFetchesOver = true;
      if (this.#consumer === consumer) void this.#revokeAll();
    });
    consumer.on('consumer.group_join', ({ payload }) => {
      if (this.#consumer !== consumer) return;
      hasJoined = true;
      const released = this.#revokeAll();
      if (this.#stopped !== undefined) return;
      if (!areFetchesOver) return this.#replace(consumer, released);
      areFetchesOver = false;
      for (const partition of payload.memberAssignment[topic] ?? []) {
        this.#lease(consumer, commits, partition);
      }
    });
    consumer.on('consumer.crash', ({ payload }) => {
      areFetchesOver = true;
      if (this.#consumer !== consumer) return;
      void this.#revokeAll();
      log.warn({ err: payload.error, group }, 'the reader is restarted');
      // What crashes before it has joined is told by `start`.
      if (payload.restart || !hasJoined) return;
      this.#consumer = undefined;
      void disconnect(consumer);
      this.#restartLater();
    });
  }

  /**
   * For a consumer that has joined again from inside one of its fetches (a partition's leader has
   * moved, the topic has grown) while those from other brokers went on. kafkajs does not tell
   * whether a batch was asked for before or after, so a new consumer reads on.
   */
  #replace(consumer: Consumer, released: Promise<unknown>): void {
    const { log } = this.#options;
    const { group } = this.#subscription;
    log.info({ group }, 'brokers or partitions have changed, the reader joins anew');
    this.#consumer = undefined;
    this.#leaving = released.then(() => disconnect(consumer));
    void this.#leaving.then(() => this.#restart());
  }

  #restart(): void {
    if (this.#stopped !== undefined) return;
    this.start().catch((error: unknown) => {
      if (this.#stopped !== undefined) return;
      this.#options.log.warn({ err: error }, 'the reader does not come back yet');
      this.#restartLater();
    });
  }

  #restartLater(): void {
    clearTimeout(this.#restartTimer);
    if (this.#stopped !== undefined) return;
    this.#restartTimer = setTimeout(() => this.#restart(), RESTART_DELAY_MS);
  }

  #lease(consumer: Consumer, commits: OffsetCommits, partition: number): void {
    const { topic } = this.#subscription;
    const place = [{ topic, partitions: [partition] }];
    commits.begin(partition);
    const leased = new LeasedPartition({
      topic,
      partition,
      subscription: this.#subscription,
      commit: async (number, nextOffset) => {
        await commits.commit(number, nextOffset);
        this.#beginnings?.delete(number);
      },
      pause: () => whereRunning(() => consumer.pause(place)),
      resume: () => whereRunning(() => consumer.resume(place)),
    });
    // A pause outlives the lease that asked for it.
    whereRunning(() => consumer.resume(place));
    this.#partitions.set(partition, leased);
    const beginning = this.#beginnings?.get(partition);
    if (beginning === undefined) return;
    whereRunning(() => consumer.seek({ topic, partition, offset: String(beginning) }));
  }

  #onBatch({ batch, resolveOffset, isStale }: EachBatchPayload): void {
    const leased = this.#partitions.get(batch.partition);
    if (leased === undefined || isStale()) return;
    leased.push(batch.messages.map((message) => toStoredRecord(batch, message)));
    resolveOffset(batch.lastOffset());
  }

  /** Resolves when the reader has done what it does at the last moment. */
  #revokeAll(): Promise<unknown> {
    const released = [...this.#partitions.values()].map((leased) => leased.revoke());
    this.#partitions = new Map();
    return Promise.allSettled(released);
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    clearTimeout(this.#restartTimer);
    await Promise.all([...this.#partitions.values()].map((leased) => leased.stop()));
    const consumer = this.#consumer;
    this.#consumer = undefined;
    await consumer?.disconnect();
    await this.#leaving;
  }
}

async function disconnect(consumer: Consumer): Promise<void> {
  await consumer.disconnect().catch(() => {}); // it is given up in any case
}

/** kafkajs throws while it has no group, between a crash and what follows; its pauses end too. */
function whereRunning(work: () => void): void {
  try {
    work();
  } catch {
    // The lease is about to end.
  }
}
