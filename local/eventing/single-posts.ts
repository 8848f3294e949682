import type { DeliverLease } from './lease-delivery.ts';
import type { RecordDelivery } from './record-delivery.ts';
import { createSettledOffsets } from './settled-offsets.ts';
import { createSlots } from './slots.ts';

export interface SinglePostsOptions {
  readonly records: RecordDelivery;
  /** Ordered: one at a time a partition. */
  readonly isOrdered: boolean;
  /** Requests in flight at once when unordered. */
  readonly maxInFlight: number;
  /** Records of a partition taken but not yet covered by a commit, at most. */
  readonly maxUncommitted: number;
}

/** Knative's way: one POST for each record. */
export function createSinglePosts(options: SinglePostsOptions): DeliverLease {
  const { records: delivery, isOrdered, maxUncommitted } = options;
  const slots = createSlots(options.maxInFlight);
  return (_lease, signal) => {
    const offsets = createSettledOffsets();
    const inFlight = new Set<Promise<void>>();
    return {
      async take(records) {
        for (const record of records) {
          while (!signal.aborted && offsets.openCount >= maxUncommitted) {
            await Promise.race(inFlight);
          }
          if (!isOrdered) await slots.take();
          if (signal.aborted) {
            if (!isOrdered) slots.give();
            return;
          }
          offsets.take(record.offset);
          const settled = delivery
            .deliver(record, signal)
            .then((isSettled) => {
              if (isSettled) offsets.settle(record.offset);
            })
            .finally(() => {
              inFlight.delete(settled);
              if (!isOrdered) slots.give();
            });
          inFlight.add(settled);
          if (isOrdered) await settled;
        }
      },
      get nextOffset() {
        return offsets.nextOffset;
      },
      idle: () => Promise.all(inFlight),
    };
  };
}
