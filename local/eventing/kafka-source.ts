import type {
  PartitionLease,
  ReleaseReason,
  StoredRecord,
  TopicReader,
} from '#shared/kafka/topic.ts';
import type { Log } from '#shared/log.ts';
import { toDeadLetter } from './dead-letter.ts';
import {
  type Delivery,
  type DeliverySpec,
  MANIFEST_DELIVERY,
  resolveDelivery,
  type Uri,
} from './delivery.ts';
import { createPoster, type Poster } from './post.ts';
import { bareEvent, eventToPost, recordToEvent, type SourceName } from './record-to-event.ts';
import { type SendResult, send } from './send.ts';
import { createSettledOffsets, type SettledOffsets } from './settled-offsets.ts';
import { createSlots, type Slots } from './slots.ts';
import { MACHINE_TIMERS, type Timers } from './timers.ts';
import type { WireEvent } from './wire-event.ts';

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
 * Plays Knative's KafkaSource: each record of a topic becomes one CloudEvent and one POST, tried
 * again by Knative's rules, else sent to the dead-letter sink. An offset is committed only when its
 * record and all before it are settled, so that nothing is lost when this process is killed (L2).
 */
export async function startKafkaSource(options: KafkaSourceOptions): Promise<KafkaSource> {
  const engine = new SourceEngine(options);
  await engine.start();
  return engine;
}

interface OpenLease {
  readonly lease: PartitionLease;
  readonly offsets: SettledOffsets;
  readonly inFlight: Set<Promise<void>>;
  committed: bigint | undefined;
}

class SourceEngine implements KafkaSource {
  readonly #options: KafkaSourceOptions;
  readonly #name: SourceName;
  readonly #delivery: Delivery;
  readonly #slots: Slots;
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
    this.#name = {
      namespace: options.namespace ?? 'default',
      name: options.name ?? options.topic,
    };
    this.#delivery = resolveDelivery(options.delivery ?? MANIFEST_DELIVERY);
    this.#slots = createSlots(options.maxInFlight ?? 99);
    this.#poster = options.poster ?? createPoster();
    this.#timers = options.timers ?? MACHINE_TIMERS;
  }

  async start(): Promise<void> {
    const { reader, topic, group, initialOffset = 'earliest', commitIntervalMs } = this.#options;
    this.#subscription = await reader.subscribe({
      topic,
      group,
      from: initialOffset,
      onRecords: (lease, records) => this.#take(lease, records),
      onRelease: (lease, reason) => this.#release(lease, reason),
    });
    let isCommitting = false;
    const commitRegularly = async (): Promise<void> => {
      if (isCommitting) return; // while a broker is slow to answer, more would only queue up
      isCommitting = true;
      await this.commit();
      isCommitting = false;
    };
    this.#stopCommitting = this.#timers.every(commitIntervalMs ?? 5000, commitRegularly);
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

  /** Resolves when the next records may come: at once where there is room, else when there is. */
  async #take(lease: PartitionLease, records: readonly StoredRecord[]): Promise<void> {
    const open = this.#openLease(lease);
    const signal = AbortSignal.any([lease.signal, this.#stopping.signal]);
    for (const record of records) {
      while (
        !signal.aborted &&
        open.offsets.openCount >= (this.#options.maxUncommitted ?? 10_000)
      ) {
        await Promise.race(open.inFlight);
      }
      if (this.#options.ordering !== 'ordered') await this.#slots.take();
      if (signal.aborted) {
        if (this.#options.ordering !== 'ordered') this.#slots.give();
        return;
      }
      open.offsets.take(record.offset);
      const settled = this.#deliver(open, record, signal).finally(() => {
        open.inFlight.delete(settled);
        if (this.#options.ordering !== 'ordered') this.#slots.give();
      });
      open.inFlight.add(settled);
      if (this.#options.ordering === 'ordered') await settled;
    }
  }

  #openLease(lease: PartitionLease): OpenLease {
    let open = this.#open.get(lease);
    if (open === undefined) {
      const offsets = createSettledOffsets();
      open = { lease, offsets, inFlight: new Set(), committed: undefined };
      this.#open.set(lease, open);
    }
    return open;
  }

  /**
   * Delivers one record, or dead-letters it, or loses it, and only then settles its offset. Never
   * rejects: a record of which no event can be made is given up like one that is refused.
   */
  async #deliver(open: OpenLease, record: StoredRecord, signal: AbortSignal): Promise<void> {
    this.#counts.inFlight += 1;
    const isSettled = await this.#tryOut(record, signal)
      .catch((error: unknown) => this.#giveUpBroken(record, String(error), signal))
      .catch((error: unknown) => this.#lose(record, String(error)));
    this.#counts.inFlight -= 1;
    if (isSettled) open.offsets.settle(record.offset);
  }

  async #tryOut(record: StoredRecord, signal: AbortSignal): Promise<boolean> {
    const event = recordToEvent(record, this.#name);
    const sent = await this.#send(this.#delivery, this.#options.sinkUrl, event, signal);
    if (sent.kind === 'refused') return this.#giveUp(record, event, sent, signal);
    if (sent.kind === 'delivered') this.#counts.delivered += 1;
    return sent.kind === 'delivered';
  }

  async #giveUpBroken(record: StoredRecord, why: string, signal: AbortSignal): Promise<boolean> {
    const reason = `no event can be made of the record: ${why}`;
    const refused = { kind: 'refused', result: { kind: 'failure', reason }, url: 'none' } as const;
    return this.#giveUp(record, bareEvent(record, this.#name), refused, signal);
  }

  async #giveUp(
    record: StoredRecord,
    event: WireEvent,
    sent: Extract<SendResult, { kind: 'refused' }> & { url: string },
    signal: AbortSignal,
  ): Promise<boolean> {
    const { topic, partition, offset } = record;
    const reason = describe(sent.result);
    const uri = this.#delivery.deadLetterSink;
    if (uri === undefined) return this.#lose(record, reason);
    const letter = toDeadLetter(event, sent.url, sent.result);
    const outcome = await this.#send(this.#delivery, uri, letter, signal);
    if (outcome.kind === 'refused') return this.#lose(record, reason, describe(outcome.result));
    if (outcome.kind === 'abandoned') return false;
    this.#counts.deadLettered += 1;
    const where = { topic, partition, offset: String(offset), reason };
    this.#options.log.warn(where, 'dead letter');
    return true;
  }

  #lose({ topic, partition, offset }: StoredRecord, reason: string, deadLetterSink = 'none'): true {
    this.#counts.lost += 1;
    const where = { topic, partition, offset: String(offset), reason };
    this.#options.log.error(
      { ...where, deadLetterSink, lost: this.#counts.lost },
      'LOST: nobody took the record',
    );
    return true;
  }

  async #send(
    delivery: Delivery,
    uri: Uri,
    event: WireEvent,
    signal: AbortSignal,
  ): Promise<SendResult & { url: string }> {
    const message = eventToPost(event, this.#name.namespace);
    let url = '';
    const post = () => {
      url = typeof uri === 'string' ? uri : uri();
      return this.#poster.post(url, message, delivery.timeoutMs);
    };
    const onRetry = () => {
      this.#counts.retried += 1;
    };
    return { ...(await send(delivery, post, { signal, onRetry, timers: this.#timers })), url };
  }

  async #commit(open: OpenLease): Promise<void> {
    const { nextOffset } = open.offsets;
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
    if (reason === 'stop') await Promise.all(open.inFlight);
    await this.#commit(open);
    if (reason === 'rebalance') this.#open.delete(lease);
  }
}

function describe(result: Extract<SendResult, { kind: 'refused' }>['result']): string {
  return result.kind === 'answer' ? `status ${result.status}` : result.reason;
}
