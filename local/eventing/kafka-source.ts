import type { PartitionLease, ReleaseReason, TopicReader } from '#shared/kafka/topic.ts';
import type { Log } from '#shared/log.ts';
import { createBatchPosts } from './batch-posts.ts';
import { type DeliverySpec, MANIFEST_DELIVERY, resolveDelivery, type Uri } from './delivery.ts';
import type { DeliverLease, LeaseDelivery } from './lease-delivery.ts';
import { createPoster, type Poster } from './post.ts';
import { BATCH_BOUNDS, type BatchBounds } from './record-batch.ts';
import { RecordDelivery } from './record-delivery.ts';
import { createSinglePosts } from './single-posts.ts';
import { MACHINE_TIMERS, type Timers } from './timers.ts';

export interface KafkaSourceOptions {
  readonly reader: TopicReader;
  readonly topic: string;
  /** Consumer group; fixed, since its committed offsets are where delivery goes on. */
  readonly group: string;
  /** Where each record is posted; a function is asked for each request, to share among many. */
  readonly sinkUrl: Uri;
  /** `unordered` unless set: scoring needs no order (O4). Ordered: one at a time a partition. */
  readonly ordering?: 'ordered' | 'unordered';
  /** Where a group begins that has committed nothing; `earliest` unless set. */
  readonly initialOffset?: 'earliest' | 'latest';
  /** Retries, backoff, deadline, dead-letter sink; {@link MANIFEST_DELIVERY} unless set. */
  readonly delivery?: DeliverySpec;
  /** Many records a POST, which Knative's does not do; one, as it does, unless set. */
  readonly batch?: BatchBounds;
  /** Requests in flight at once when unordered; 99, as Knative's consumers have, unless set. */
  readonly maxInFlight?: number;
  /** Records of a partition taken but not yet covered by a commit, at most; 10,000. */
  readonly maxUncommitted?: number;
  /** How often offsets are committed; 5,000 ms. What a killed source sends again. */
  readonly commitIntervalMs?: number;
  readonly namespace?: string;
  readonly name?: string;
  readonly log: Log;
  /** How requests are made and time passes; by HTTP and the machine's timers unless set. */
  readonly poster?: Poster;
  readonly timers?: Timers;
}

export interface KafkaSourceStats {
  /** Records that the sink has accepted. */
  readonly delivered: number;
  /** Requests made again. */
  readonly retried: number;
  /** Records that the dead-letter sink has accepted. */
  readonly deadLettered: number;
  /** Records that neither took: gone. */
  readonly lost: number;
  readonly inFlight: number;
  /** Records that the group has not committed; undefined while Kafka does not tell. */
  readonly lag: number | undefined;
  /** Committed offset of each partition that is assigned here. */
  readonly committed: Readonly<Record<number, bigint>>;
}

export interface KafkaSource {
  /** Commits now what may be committed, rather than at the next interval. */
  commit(): Promise<void>;
  stats(): Promise<KafkaSourceStats>;
  /**
   * Takes no more records, waits for the requests in flight, commits, and leaves the group. What
   * waits for a retry is left uncommitted and will be delivered again.
   */
  stop(): Promise<void>;
}

/**
 * Plays Knative's KafkaSource: each record of a topic becomes one CloudEvent and one POST, or part
 * of one, tried again by Knative's rules, else sent to the dead-letter sink. An offset is committed
 * only when its record and all before it are settled, so that nothing is lost when this process is
 * killed (L2).
 */
export async function startKafkaSource(options: KafkaSourceOptions): Promise<KafkaSource> {
  const engine = new SourceEngine(options);
  await engine.start();
  return engine;
}

interface OpenLease {
  readonly lease: PartitionLease;
  readonly delivery: LeaseDelivery;
  committed: bigint | undefined;
}

class SourceEngine implements KafkaSource {
  readonly #options: KafkaSourceOptions;
  readonly #deliverLease: DeliverLease;
  readonly #poster: Poster;
  readonly #timers: Timers;
  readonly #open = new Map<PartitionLease, OpenLease>();
  readonly #stopping = new AbortController();
  readonly #counts = { delivered: 0, retried: 0, deadLettered: 0, lost: 0, inFlight: 0 };
  #subscription: Awaited<ReturnType<TopicReader['subscribe']>> | undefined;
  #stopCommitting: (() => void) | undefined;
  #stopped: Promise<void> | undefined;

  constructor(options: KafkaSourceOptions) {
    this.#options = options;
    this.#poster = options.poster ?? createPoster();
    this.#timers = options.timers ?? MACHINE_TIMERS;
    const { topic, namespace = 'default', name = topic, sinkUrl, log, batch } = options;
    const parts = {
      name: { namespace, name },
      sinkUrl,
      delivery: resolveDelivery(options.delivery ?? MANIFEST_DELIVERY),
      poster: this.#poster,
      timers: this.#timers,
      counts: this.#counts,
      log,
    };
    const ways = {
      records: new RecordDelivery(parts),
      isOrdered: options.ordering === 'ordered',
      maxInFlight: options.maxInFlight ?? 99,
      maxUncommitted: options.maxUncommitted ?? 10_000,
    };
    this.#deliverLease =
      batch === undefined
        ? createSinglePosts(ways)
        : createBatchPosts({ ...ways, ...parts, batch });
  }

  async start(): Promise<void> {
    const { reader, topic, group, batch } = this.#options;
    const { initialOffset = 'earliest', commitIntervalMs = 5000 } = this.#options;
    this.#subscription = await reader.subscribe({
      topic,
      group,
      from: initialOffset,
      ...(batch && { maxRecords: batch.maxEvents ?? BATCH_BOUNDS.maxEvents }),
      onRecords: (lease, records) => this.#openLease(lease).delivery.take(records),
      onRelease: (lease, reason) => this.#release(lease, reason),
    });
    let isCommitting = false;
    const commitRegularly = async (): Promise<void> => {
      if (isCommitting) return; // while a broker is slow to answer, more would only queue up
      isCommitting = true;
      await this.commit();
      isCommitting = false;
    };
    this.#stopCommitting = this.#timers.every(commitIntervalMs, commitRegularly);
  }

  async commit(): Promise<void> {
    await Promise.all([...this.#open.values()].map((open) => this.#commit(open)));
  }

  async stats(): Promise<KafkaSourceStats> {
    const committed: Record<number, bigint> = {};
    for (const { lease, committed: offset } of this.#open.values()) {
      if (offset !== undefined) committed[lease.partition] = offset;
    }
    const lag = await this.#subscription?.lag().catch(() => undefined);
    return { ...this.#counts, lag, committed };
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    this.#stopping.abort();
    await this.#subscription?.stop();
    this.#stopCommitting?.();
    this.#poster.close();
  }

  #openLease(lease: PartitionLease): OpenLease {
    let open = this.#open.get(lease);
    if (open === undefined) {
      const signal = AbortSignal.any([lease.signal, this.#stopping.signal]);
      open = { lease, delivery: this.#deliverLease(lease, signal), committed: undefined };
      this.#open.set(lease, open);
    }
    return open;
  }

  async #commit(open: OpenLease): Promise<void> {
    const { nextOffset } = open.delivery;
    if (nextOffset === undefined || nextOffset === open.committed) return;
    try {
      await open.lease.commit(nextOffset);
      open.committed = nextOffset;
    } catch (error) {
      const { partition } = open.lease;
      this.#options.log.warn({ err: error, partition }, 'offsets not committed, trying again');
    }
  }

  async #release(lease: PartitionLease, reason: ReleaseReason): Promise<void> {
    const open = this.#open.get(lease);
    if (open === undefined) return;
    if (reason === 'stop') await open.delivery.idle();
    await this.#commit(open);
    if (reason === 'rebalance') this.#open.delete(lease);
  }
}
