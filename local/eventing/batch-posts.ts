import type { StoredRecord } from '#shared/kafka/topic.ts';
import { BatchDelivery, type BatchDeliveryParts } from './batch-delivery.ts';
import { EventTexts } from './event-texts.ts';
import type { DeliverLease } from './lease-delivery.ts';
import { BATCH_BOUNDS, type BatchBounds, nextBatch, type RecordBatch } from './record-batch.ts';
import { createSettledOffsets } from './settled-offsets.ts';
import { createSlots } from './slots.ts';

export interface BatchPostsOptions extends Omit<BatchDeliveryParts, 'batchSlots'> {
  readonly batch: BatchBounds;
  /** Records of a partition taken but not yet covered by a commit, at most. */
  readonly maxUncommitted: number;
}

/**
 * Many records a POST. A batch goes out as soon as a request may, with what has come by then: alone
 * when little comes, full when much does. Ordered: the next batch of a partition waits for the one
 * before it, and score keeps a batch's order, so each pair's is kept.
 */
export function createBatchPosts(options: BatchPostsOptions): DeliverLease {
  const { name, maxUncommitted, isOrdered } = options;
  const bounds = { ...BATCH_BOUNDS, ...options.batch };
  const batchSlots = createSlots(bounds.maxInFlight);
  const delivery = new BatchDelivery({ ...options, batchSlots });
  return (lease, signal) => {
    const texts = new EventTexts(name, lease);
    const offsets = createSettledOffsets();
    const inFlight = new Set<Promise<void>>();
    let waiting: StoredRecord[] = [];
    let start = 0;
    let pumping: Promise<void> | undefined;
    let onRoom = (): void => {};

    const isRoom = (): boolean => waiting.length - start < bounds.maxEvents;
    const takeBatch = (): RecordBatch => {
      const batch = nextBatch(waiting, start, texts, bounds);
      start += batch.records.length;
      if (start === waiting.length) {
        waiting = [];
        start = 0;
      }
      if (isRoom()) onRoom();
      return batch;
    };
    const post = (batch: RecordBatch): Promise<void> => {
      const { records } = batch;
      const first = (records[0] as StoredRecord).offset;
      offsets.take(first, (records.at(-1) as StoredRecord).offset, records.length);
      const settled = delivery.deliver(batch, texts, signal).then((isSettled) => {
        if (isSettled) offsets.settle(first);
        inFlight.delete(settled);
      });
      inFlight.add(settled);
      return settled;
    };
    const pump = async (): Promise<void> => {
      while (start < waiting.length) {
        while (offsets.openCount >= maxUncommitted && !signal.aborted) await Promise.race(inFlight);
        await batchSlots.take();
        if (signal.aborted) {
          batchSlots.give();
          break;
        }
        const settled = post(takeBatch());
        if (isOrdered) await settled;
      }
      pumping = undefined;
      onRoom();
    };
    return {
      take(records) {
        if (signal.aborted) return Promise.resolve();
        waiting =
          start === 0 && waiting.length === 0 ? [...records] : waiting.slice(start).concat(records);
        start = 0;
        pumping ??= pump();
        if (isRoom()) return Promise.resolve();
        return new Promise((resolve) => {
          onRoom = resolve;
        });
      },
      get nextOffset() {
        return offsets.nextOffset;
      },
      idle: async () => {
        await pumping;
        await Promise.all(inFlight);
      },
    };
  };
}
