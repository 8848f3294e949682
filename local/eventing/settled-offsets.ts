/**
 * Which offsets of a partition may be committed while records finish in any order: everything up
 * to the first record that is still open. Taken 5, 6, 7 and settled 7, 5: 6 may be committed, and 8
 * once 6 is settled too. Offsets may have gaps (compacted topics), so taken ones are remembered.
 * Records that are posted together are taken and settled together, by the offset of the first.
 */
export interface SettledOffsets {
  /** Remembers what is being delivered: a record, or `count` of them up to `last`. Ascending. */
  take(first: bigint, last?: bigint, count?: number): void;
  /** What was taken under this offset is delivered, or given up for good. */
  settle(first: bigint): void;
  /** The offset to commit; undefined when nothing has been settled from the front yet. */
  readonly nextOffset: bigint | undefined;
  /** Records taken that the next offset does not cover yet. */
  readonly openCount: number;
}

export function createSettledOffsets(): SettledOffsets {
  // Insertion order is offset order.
  const open = new Map<bigint, { last: bigint; count: number; isSettled: boolean }>();
  let nextOffset: bigint | undefined;
  let openCount = 0;
  return {
    take(first, last = first, count = 1) {
      open.set(first, { last, count, isSettled: false });
      openCount += count;
    },
    settle(first) {
      const settled = open.get(first);
      if (settled === undefined) return;
      settled.isSettled = true;
      for (const [offset, { last, count, isSettled }] of open) {
        if (!isSettled) return;
        open.delete(offset);
        openCount -= count;
        nextOffset = last + 1n;
      }
    },
    get nextOffset() {
      return nextOffset;
    },
    get openCount() {
      return openCount;
    },
  };
}
