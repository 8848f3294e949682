import type { StoredRecord } from '#shared/kafka/topic.ts';

/**
 * One partition in memory: records under ascending offsets, of which the oldest are dropped once
 * nobody needs them. Offsets go on counting, as in Kafka.
 */
export interface PartitionLog {
  /** Offset of the oldest record kept. */
  readonly startOffset: bigint;
  /** Offset that the next record will get. */
  readonly endOffset: bigint;
  append(record: Omit<StoredRecord, 'offset'>): void;
  /** Up to `count` records from `offset` on, or from the oldest kept where that is later. */
  read(offset: bigint, count: number): readonly StoredRecord[];
  /** How many records are kept from `offset` on. */
  countFrom(offset: bigint): number;
  /** Drops all but the newest `keepCount`, yet nothing from `neededOffset` on. */
  trim(keepCount: number, neededOffset: bigint): void;
  /** Resolves at the next append or {@link wake}. */
  changed(): Promise<void>;
  wake(): void;
}

export function createPartitionLog(): PartitionLog {
  const records: StoredRecord[] = [];
  let startOffset = 0n;
  let waiting: Array<() => void> = [];

  const wake = (): void => {
    const resolvers = waiting;
    waiting = [];
    for (const resolve of resolvers) resolve();
  };
  const endOffset = (): bigint => startOffset + BigInt(records.length);
  const indexOf = (offset: bigint): number =>
    offset <= startOffset ? 0 : Math.min(records.length, Number(offset - startOffset));
  return {
    get startOffset() {
      return startOffset;
    },
    get endOffset() {
      return endOffset();
    },
    append(record) {
      records.push({ ...record, offset: endOffset() });
      wake();
    },
    read(offset, count) {
      const index = indexOf(offset);
      return records.slice(index, index + count);
    },
    countFrom: (offset) => records.length - indexOf(offset),
    trim(keepCount, neededOffset) {
      const excess = Math.min(records.length - keepCount, indexOf(neededOffset));
      // In large steps: removing from the front of an array costs its length.
      if (excess < Math.max(1, keepCount / 4)) return;
      records.splice(0, excess);
      startOffset += BigInt(excess);
    },
    changed: () => new Promise((resolve) => waiting.push(resolve)),
    wake,
  };
}
