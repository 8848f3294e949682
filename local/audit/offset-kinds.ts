import type { Mark, MarkedInterval } from '#shared/journal/offset-marks.ts';

/**
 * What became of an offset of the topic?
 *
 * - `processed`: score accepted it, and noted that before it said so;
 * - `dead-lettered`: it is in the dead-letter topic, with its reason;
 * - `refused without a dead letter`: score refused it for good, and no letter tells of it: gone;
 * - `lost`: the group has gone past it, and nobody has it: gone;
 * - `pending`: the group has yet to go past it;
 * - `not a record`: nothing stands there, as compaction and Kafka transactions leave it;
 * - `before the rebuild`: read before Redis was rebuilt, which no total needed any more;
 * - `too old to tell`: its mark, or its letter, would have been forgotten by now.
 */
export const OFFSET_KINDS = [
  'processed',
  'dead-lettered',
  'refused without a dead letter',
  'lost',
  'pending',
  'not a record',
  'before the rebuild',
  'too old to tell',
] as const;

export type OffsetKind = (typeof OFFSET_KINDS)[number];

/** What is known about one partition, but for the records that stand in it. */
export interface PartitionFacts {
  /** In order. */
  readonly marks: readonly MarkedInterval[];
  /** What its letters say of the offsets that have one. */
  readonly letters: ReadonlyMap<number, string>;
  /** The group goes on from here. */
  readonly committed: number;
  /** Where the last rebuild of Redis ended; 0 where there was none. */
  readonly rebuiltUntil: number;
  /** A record that was written before may have had a mark that is forgotten, epoch milliseconds. */
  readonly marksSinceMs: number;
  /** One that was written before may have had a letter that is. */
  readonly lettersSinceMs: number;
}

/** What became of a record. */
export function kindOfRecord(
  offset: number,
  writtenMs: number,
  facts: PartitionFacts,
): Exclude<OffsetKind, 'not a record'> {
  const mark = markOf(offset, facts.marks);
  if (mark === 'accepted') return 'processed';
  if (facts.letters.has(offset)) return 'dead-lettered';
  if (offset >= facts.committed) return 'pending'; // its letter may be under way as well
  if (mark === 'refused') {
    return writtenMs < facts.lettersSinceMs ? 'too old to tell' : 'refused without a dead letter';
  }
  if (offset < facts.rebuiltUntil) return 'before the rebuild';
  return writtenMs < facts.marksSinceMs ? 'too old to tell' : 'lost';
}

/** The offset's mark. O(log of the intervals). */
export function markOf(offset: number, marks: readonly MarkedInterval[]): Mark | undefined {
  let low = 0;
  let high = marks.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((marks[middle] as MarkedInterval).to <= offset) low = middle + 1;
    else high = middle;
  }
  const found = marks[low];
  return found !== undefined && found.from <= offset ? found.mark : undefined;
}
