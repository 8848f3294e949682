/**
 * Which offsets of a partition may be committed while records finish in any order: everything up
 * to the first record that is still open. Taken 5, 6, 7 and settled 7, 5: 6 may be committed, and 8
 * once 6 is settled too. Offsets may have gaps (compacted topics), so taken ones are remembered.
 */
export interface SettledOffsets {
  /** Remembers a record that is being delivered. Offsets ascend. */
  take(offset: bigint): void;
  /** The record is delivered, or given up for good. */
  settle(offset: bigint): void;
  /** The offset to commit; undefined when nothing has been settled from the front yet. */
  readonly nextOffset: bigint | undefined;
  /** Records taken that the next offset does not cover yet. */
  readonly openCount: number;
}

export function createSettledOffsets(): SettledOffsets {
  // Insertion order is offset order; the value tells whether the record is settled.
  const open = new Map<bigint, boolean>();
  let nextOffset: bigint | undefined;
  return {
    take(offset) {
      open.set(offset, false);
    },
    settle(offset) {
      if (!open.has(offset)) return;
      open.set(offset, true);
      for (const [first, isSettled] of open) {
        if (!isSettled) return;
        open.delete(first);
        nextOffset = first + 1n;
      }
    },
    get nextOffset() {
      return nextOffset;
    },
    get openCount() {
      return open.size;
    },
  };
}
