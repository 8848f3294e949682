import type { PartitionLease, ReleaseReason, Subscription } from '#shared/kafka/topic.ts';
import type { PartitionLog } from './partition-log.ts';

/** As many records at once as Knative's consumers take in one poll (facts 1: max.poll.records). */
const CHUNK_RECORDS = 50;

interface Owner {
  readonly subscription: Subscription;
  isStopping: boolean;
}

interface Reading {
  readonly owner: Owner;
  readonly lease: PartitionLease;
  readonly controller: AbortController;
  readonly done: Promise<void>;
}

/**
 * One group's reading of one embedded topic: who reads which partition, and what is committed.
 * Partitions are dealt out in turn; when a reader joins or leaves, those that change hands are
 * released and begin again at their committed offset.
 */
export class ConsumerGroup {
  readonly #logs: readonly PartitionLog[];
  readonly #committed: bigint[];
  readonly #readings: Array<Reading | undefined>;
  readonly #owners: Owner[] = [];
  readonly #onCommit: () => void;

  constructor(logs: readonly PartitionLog[], from: Subscription['from'], onCommit: () => void) {
    this.#logs = logs;
    this.#committed = logs.map((log) => (from === 'earliest' ? log.startOffset : log.endOffset));
    this.#readings = logs.map(() => undefined);
    this.#onCommit = onCommit;
  }

  get hasMembers(): boolean {
    return this.#owners.length > 0;
  }

  /** Offset before which everything of the partition is settled. */
  committed(partition: number): bigint {
    return this.#committed[partition] as bigint;
  }

  /** Records kept that are not committed. */
  lag(): number {
    return this.#logs.reduce((sum, log, i) => sum + log.countFrom(this.committed(i)), 0);
  }

  /** Begins to read; the function returned leaves the group again, and may be called twice. */
  join(subscription: Subscription): () => Promise<void> {
    const owner: Owner = { subscription, isStopping: false };
    this.#owners.push(owner);
    this.#deal();
    let left: Promise<void> | undefined;
    return () => {
      left ??= this.#leave(owner);
      return left;
    };
  }

  #deal(): void {
    for (const partition of this.#logs.keys()) {
      const owner = this.#owners[partition % this.#owners.length];
      const reading = this.#readings[partition];
      if (reading?.owner === owner) continue;
      if (reading !== undefined) void this.#close(reading, 'rebalance');
      this.#readings[partition] = owner && this.#open(owner, partition);
    }
  }

  async #leave(owner: Owner): Promise<void> {
    owner.isStopping = true;
    for (const log of this.#logs) log.wake();
    const own = this.#readings.filter((reading) => reading?.owner === owner) as Reading[];
    await Promise.all(own.map((reading) => this.#close(reading, 'stop')));
    for (const { lease } of own) this.#readings[lease.partition] = undefined;
    this.#owners.splice(this.#owners.indexOf(owner), 1);
    this.#deal();
  }

  #open(owner: Owner, partition: number): Reading {
    const controller = new AbortController();
    const lease: PartitionLease = {
      topic: owner.subscription.topic,
      partition,
      signal: controller.signal,
      commit: async (nextOffset) => {
        if (controller.signal.aborted) return;
        if (nextOffset > this.committed(partition)) this.#committed[partition] = nextOffset;
        this.#onCommit();
      },
    };
    return { owner, lease, controller, done: this.#read(owner, lease) };
  }

  async #read(owner: Owner, lease: PartitionLease): Promise<void> {
    const log = this.#logs[lease.partition] as PartitionLog;
    const { maxRecords = CHUNK_RECORDS } = owner.subscription;
    let position = this.committed(lease.partition);
    while (!lease.signal.aborted && !owner.isStopping) {
      const chunk = log.read(position, maxRecords);
      const last = chunk.at(-1);
      if (last === undefined) {
        await log.changed();
      } else {
        position = last.offset + 1n;
        await owner.subscription.onRecords(lease, chunk);
      }
    }
  }

  async #close(reading: Reading, reason: ReleaseReason): Promise<void> {
    if (reason === 'stop') await reading.done;
    const released = reading.owner.subscription.onRelease?.(reading.lease, reason);
    if (reason === 'stop') await released;
    reading.controller.abort();
    this.#logs[reading.lease.partition]?.wake();
  }
}
