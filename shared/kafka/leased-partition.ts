import type { PartitionLease, StoredRecord, Subscription } from './topic.ts';

/** As many records at once as Knative's consumers take (facts 1: max.poll.records). */
const CHUNK_RECORDS = 50;
/** Records of one partition that are held here while the reader is busy: above, fetching pauses. */
const QUEUE_HIGH_RECORDS = 500;
const QUEUE_LOW_RECORDS = 100;

export interface LeasedPartitionOptions {
  readonly topic: string;
  readonly partition: number;
  readonly subscription: Subscription;
  readonly commit: (partition: number, nextOffset: bigint) => Promise<void>;
  readonly pause: () => void;
  readonly resume: () => void;
}

/**
 * A partition while it is ours: a bounded queue between the fetching, which must never wait (one
 * slow partition would hold up all, and the heartbeats), and the reader, which may.
 */
export class LeasedPartition {
  readonly lease: PartitionLease;
  readonly #options: LeasedPartitionOptions;
  readonly #chunkRecords: number;
  readonly #highRecords: number;
  readonly #lowRecords: number;
  readonly #controller = new AbortController();
  readonly #queue: StoredRecord[] = [];
  #pumping: Promise<void> | undefined;
  #isPaused = false;
  #isStopping = false;

  constructor(options: LeasedPartitionOptions) {
    this.#options = options;
    this.#chunkRecords = options.subscription.maxRecords ?? CHUNK_RECORDS;
    this.#highRecords = Math.max(QUEUE_HIGH_RECORDS, 4 * this.#chunkRecords);
    this.#lowRecords = Math.max(QUEUE_LOW_RECORDS, 2 * this.#chunkRecords);
    const { topic, partition, commit } = options;
    const { signal } = this.#controller;
    this.lease = {
      topic,
      partition,
      signal,
      commit: async (nextOffset) => {
        if (!signal.aborted) await commit(partition, nextOffset);
      },
    };
  }

  /** Takes over records that were fetched. Never waits. */
  push(records: readonly StoredRecord[]): void {
    this.#queue.push(...records);
    if (!this.#isPaused && this.#queue.length > this.#highRecords) {
      this.#isPaused = true;
      this.#options.pause();
    }
    this.#pumping ??= this.#pump().finally(() => {
      this.#pumping = undefined;
    });
  }

  async #pump(): Promise<void> {
    while (this.#queue.length > 0 && !this.#isStopping && !this.lease.signal.aborted) {
      const chunk = this.#queue.splice(0, this.#chunkRecords);
      if (this.#isPaused && this.#queue.length < this.#lowRecords) {
        this.#isPaused = false;
        this.#options.resume();
      }
      await this.#options.subscription.onRecords(this.lease, chunk);
    }
  }

  /** The partition is going to another reader: what is settled may just be committed. */
  async revoke(): Promise<void> {
    if (this.lease.signal.aborted) return;
    const released = this.#options.subscription.onRelease?.(this.lease, 'rebalance');
    this.#controller.abort();
    await released;
  }

  /** Delivers nothing more, waits for the reader, lets it commit, and ends. */
  async stop(): Promise<void> {
    if (this.lease.signal.aborted) return;
    this.#isStopping = true;
    this.#options.pause();
    await this.#pumping;
    await this.#options.subscription.onRelease?.(this.lease, 'stop');
    this.#controller.abort();
  }
}
