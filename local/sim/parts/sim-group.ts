import type {
  PartitionLease,
  ReleaseReason,
  Subscription,
  TopicReader,
} from '#shared/kafka/topic.ts';
import type { PartitionLog } from '../../embedded/partition-log.ts';
import type { Chance } from '../kernel/chance.ts';
import type { SimProcess } from '../kernel/sim-process.ts';
import type { Trace } from '../kernel/trace.ts';
import type { VirtualTime } from '../kernel/virtual-time.ts';
import type { Wire } from '../kernel/wire.ts';

interface Member {
  readonly process: SimProcess;
  readonly subscription: Subscription;
  isStopping: boolean;
}

interface Reading {
  readonly member: Member;
  readonly lease: PartitionLease;
  readonly controller: AbortController;
  done: Promise<void>;
}

export interface GroupParts {
  readonly name: string;
  readonly logs: readonly PartitionLog[];
  readonly broker: SimProcess;
  readonly time: VirtualTime;
  readonly chance: Chance;
  readonly wire: Wire;
  readonly trace: Trace;
}

const CHUNK_RECORDS = 50;
/** How long a group waits before it takes a silent member for dead. */
const SESSION_MS = 10_000;
/** Between the end of the old leases and the beginning of the new ones. */
const REJOIN_MS = 1_500;
const COMMIT_DEADLINE_MS = 10_000;

/**
 * A consumer group on the simulated broker, for `local/eventing/kafka-source.ts`: leases, commits,
 * rebalances. A member that is killed says nothing; its partitions go to others after a while, and
 * begin at the committed offset.
 */
export class SimGroup {
  readonly committed: bigint[];
  readonly #parts: GroupParts;
  readonly #members: Member[] = [];
  #readings: Reading[] = [];
  #generation = 0;

  constructor(parts: GroupParts) {
    this.#parts = parts;
    this.committed = parts.logs.map(() => 0n);
  }

  /** Records that are not committed yet. */
  get lag(): number {
    const { logs } = this.#parts;
    return logs.reduce((sum, log, i) => sum + log.countFrom(this.committed[i] as bigint), 0);
  }

  /** The group as one process reads it. */
  readerOf(process: SimProcess): TopicReader {
    return {
      subscribe: async (subscription) => {
        const member: Member = { process, subscription, isStopping: false };
        this.#members.push(member);
        process.onEnd(() => {
          this.#readings = this.#readings.filter((reading) => reading.member !== member);
          this.#parts.time.after(SESSION_MS, () => this.#forget(member));
        });
        this.rebalance();
        return { lag: async () => this.lag, stop: () => this.#leave(member) };
      },
    };
  }

  /** All leases end, and after a while new ones begin, turned on by one. */
  rebalance(): void {
    const generation = ++this.#generation;
    for (const reading of this.#readings) this.#revoke(reading);
    this.#readings = [];
    this.#parts.time.after(REJOIN_MS, () => {
      if (generation === this.#generation) this.#deal(generation);
    });
  }

  #deal(generation: number): void {
    const living = this.#members.filter(
      ({ process, isStopping }) => process.isAlive && !isStopping,
    );
    this.#parts.trace.say('broker', () => {
      const names = living.map(({ process }) => process.name).join(', ');
      return `${this.#parts.name}: partitions go to ${names || 'nobody'}`;
    });
    if (living.length === 0) return;
    for (const partition of this.#parts.logs.keys()) {
      const member = living[(partition + generation) % living.length] as Member;
      this.#readings.push(this.#open(member, partition, generation));
    }
  }

  #open(member: Member, partition: number, generation: number): Reading {
    const { name, broker, wire } = this.#parts;
    const controller = new AbortController();
    let [sent, arrived] = [0, 0];
    const lease: PartitionLease = {
      topic: member.subscription.topic,
      partition,
      signal: controller.signal,
      commit: async (nextOffset) => {
        if (controller.signal.aborted) return;
        sent += 1;
        const place = sent;
        await wire.call({
          name: `commit ${name}/${partition}`,
          from: member.process,
          to: () => broker,
          deadlineMs: COMMIT_DEADLINE_MS,
          work: () => {
            // One connection keeps their order: what was overtaken is not done any more.
            if (place < arrived) return;
            arrived = place;
            this.#commit(partition, nextOffset, generation);
          },
          failure: (reason) => new Error(reason),
          show: () => String(nextOffset),
        });
      },
    };
    const reading: Reading = { member, lease, controller, done: Promise.resolve() };
    reading.done = this.#read(reading);
    return reading;
  }

  /** The last commits of a lease still count until the next leases begin. */
  #commit(partition: number, nextOffset: bigint, generation: number): void {
    const isCurrent = this.#readings.length === 0 || generation === this.#generation;
    if (!isCurrent) throw new Error('the group has moved on');
    this.committed[partition] = nextOffset;
  }

  async #read({ member, lease }: Reading): Promise<void> {
    const { chance, logs, name } = this.#parts;
    const log = logs[lease.partition] as PartitionLog;
    const isOver = (): boolean =>
      lease.signal.aborted || member.isStopping || !member.process.isAlive;
    let position = this.committed[lease.partition] as bigint;
    while (!isOver()) {
      const chunk = log.read(position, CHUNK_RECORDS);
      const last = chunk.at(-1);
      if (last === undefined) {
        await log.changed();
        await this.#pause(chance.between(`fetch ${name}/${lease.partition}/${position}`, 1, 40));
      } else {
        position = last.offset + 1n;
        await member.subscription.onRecords(lease, chunk);
      }
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.#parts.time.after(ms, resolve));
  }

  #revoke(reading: Reading): void {
    void this.#release(reading, 'rebalance');
    reading.controller.abort();
    this.#parts.logs[reading.lease.partition]?.wake();
  }

  async #release({ member, lease }: Reading, reason: ReleaseReason): Promise<void> {
    if (member.process.isAlive) await member.subscription.onRelease?.(lease, reason);
  }

  async #leave(member: Member): Promise<void> {
    member.isStopping = true;
    for (const log of this.#parts.logs) log.wake();
    const own = this.#readings.filter((reading) => reading.member === member);
    await Promise.all(
      own.map(async (reading) => {
        await reading.done;
        await this.#release(reading, 'stop');
        reading.controller.abort();
      }),
    );
    this.#readings = this.#readings.filter((reading) => reading.member !== member);
    this.#forget(member);
  }

  #forget(member: Member): void {
    const place = this.#members.indexOf(member);
    if (place < 0) return;
    this.#members.splice(place, 1);
    this.rebalance();
  }
}
