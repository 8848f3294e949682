import { BATCH_MEDIA_TYPE } from '#shared/events/cloud-event.ts';
import type { StoredRecord } from '#shared/kafka/topic.ts';
import { answersOfItems } from './batch-answer.ts';
import { isRetried, type PostResult } from './delivery.ts';
import type { EventTexts } from './event-texts.ts';
import { nextBatch, type RecordBatch } from './record-batch.ts';
import type { RecordDelivery, RecordDeliveryParts } from './record-delivery.ts';
import { type SendResult, send } from './send.ts';
import { createSlots, type Slots } from './slots.ts';

export interface BatchDeliveryParts extends RecordDeliveryParts {
  /** The way of a record by itself. */
  readonly records: RecordDelivery;
  readonly isOrdered: boolean;
  /** Requests of records by themselves at once, when unordered. */
  readonly maxInFlight: number;
  /** Requests of batches at once. */
  readonly batchSlots: Slots;
}

/** Of an answer that tells of each item; an outcome of score has some 250 bytes. */
const ANSWER_MAX_BYTES = 8 * 1024 * 1024;
/** A batch that is refused so may hold one that spoils it. */
const MAY_BE_SPOILED = new Set([400, 413]);

/**
 * The way of a batch. It is a short cut, never a verdict: only what the sink has said of a single
 * record settles or refuses it. A batch that is refused as a whole goes again in halves, so that
 * what spoils it is found; one that nobody took in all its tries goes record by record, each with
 * tries of its own, as Knative's KafkaSource would have sent it.
 */
export class BatchDelivery {
  readonly #parts: BatchDeliveryParts;
  readonly #slots: Slots;

  constructor(parts: BatchDeliveryParts) {
    this.#parts = parts;
    this.#slots = createSlots(parts.isOrdered ? Number.POSITIVE_INFINITY : parts.maxInFlight);
  }

  /**
   * True when each record is settled, false when `signal` ended that. Never rejects. Whoever calls
   * has taken one of `batchSlots` for the first request; it is given back here.
   */
  deliver(batch: RecordBatch, texts: EventTexts, signal: AbortSignal): Promise<boolean> {
    // A defect on the short cut is none on the long way.
    return this.#deliver(batch, texts, signal).catch(() => this.#oneByOne(batch.records, signal));
  }

  async #deliver(batch: RecordBatch, texts: EventTexts, signal: AbortSignal): Promise<boolean> {
    const { batchSlots } = this.#parts;
    if (batch.body === undefined) {
      batchSlots.give();
      return this.#oneByOne(batch.records, signal);
    }
    const { counts } = this.#parts;
    const { length } = batch.records;
    counts.inFlight += length;
    const sent = await this.#send(batch.body, signal);
    counts.inFlight -= length;
    if (sent.kind === 'abandoned') return false;
    if (sent.kind === 'delivered') return this.#settle(batch.records, sent, signal);
    const { result } = sent;
    const isSpoiled = result.kind === 'answer' && MAY_BE_SPOILED.has(result.status);
    if (isSpoiled && length > 1) return this.#inHalves(batch.records, texts, signal);
    return this.#oneByOne(batch.records, signal);
  }

  async #send(body: Buffer, signal: AbortSignal): Promise<SendResult & { url: string }> {
    const { name, sinkUrl, delivery, poster, timers, counts, batchSlots } = this.#parts;
    const headers = {
      'content-type': BATCH_MEDIA_TYPE,
      prefer: 'return=minimal',
      'kn-namespace': name.namespace,
    };
    let url = '';
    let hasSlot = true;
    const post = async (): Promise<PostResult> => {
      // While it waits for the next try, others may use the slot.
      if (!hasSlot) await batchSlots.take();
      hasSlot = false;
      url = typeof sinkUrl === 'string' ? sinkUrl : sinkUrl();
      const message = { headers, body };
      const result = await poster.post(url, message, delivery.timeoutMs, ANSWER_MAX_BYTES);
      batchSlots.give();
      return result;
    };
    const onRetry = (): void => {
      counts.retried += 1;
    };
    return { ...(await send(delivery, post, { signal, onRetry, timers })), url };
  }

  /** The sink has read the batch, and says of each item whether it was accepted. */
  async #settle(
    records: readonly StoredRecord[],
    { result, url }: { result: PostResult; url: string },
    signal: AbortSignal,
  ): Promise<boolean> {
    const { counts } = this.#parts;
    if (result.kind !== 'answer' || result.status !== 207) {
      counts.delivered += records.length;
      return true;
    }
    const answers = answersOfItems(result.bodyHead, records.length);
    if (answers === undefined) return this.#oneByOne(records, signal);
    const refused: StoredRecord[] = [];
    const answerOf = new Map<StoredRecord, PostResult>();
    for (const [i, answer] of answers.entries()) {
      if (answer === undefined) continue;
      const record = records[i] as StoredRecord;
      refused.push(record);
      answerOf.set(record, answer);
    }
    counts.delivered += records.length - refused.length;
    return this.#each(refused, (record) => {
      const answer = answerOf.get(record) as PostResult;
      if (isRetried(answer)) return this.#parts.records.deliver(record, signal);
      return this.#parts.records.giveUp(record, { result: answer, url }, signal);
    });
  }

  /** One after the other, which keeps their order. */
  async #inHalves(
    records: readonly StoredRecord[],
    texts: EventTexts,
    signal: AbortSignal,
  ): Promise<boolean> {
    const middle = Math.ceil(records.length / 2);
    for (const half of [records.slice(0, middle), records.slice(middle)]) {
      if (signal.aborted) return false;
      const bounds = { maxEvents: half.length, maxBytes: Number.POSITIVE_INFINITY };
      const isAlone = half.length === 1;
      const batch = isAlone
        ? { records: half, body: undefined }
        : nextBatch(half, 0, texts, bounds);
      await this.#parts.batchSlots.take();
      if (!(await this.#deliver(batch, texts, signal))) return false;
    }
    return true;
  }

  #oneByOne(records: readonly StoredRecord[], signal: AbortSignal): Promise<boolean> {
    return this.#each(records, (record) => this.#parts.records.deliver(record, signal));
  }

  /** The work for each record: in their order where that is kept, else many at once. */
  async #each(
    records: readonly StoredRecord[],
    work: (record: StoredRecord) => Promise<boolean>,
  ): Promise<boolean> {
    if (this.#parts.isOrdered) {
      for (const record of records) if (!(await work(record))) return false;
      return true;
    }
    let isSettled = true;
    const inSlot = async (record: StoredRecord): Promise<void> => {
      await this.#slots.take();
      // Once one is abandoned, so will be the others: the batch is delivered again as a whole.
      if (isSettled && !(await work(record))) isSettled = false;
      this.#slots.give();
    };
    await Promise.all(records.map(inSlot));
    return isSettled;
  }
}
