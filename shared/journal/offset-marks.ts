/**
 * Which records of a topic has score settled? Two bits an offset, in strings of Redis: one for
 * "accepted" (2xx), one for "refused" (for good: it is a dead letter). Setting a bit again changes
 * nothing, in whatever order, so processes need not agree on anything.
 *
 * A chunk is one string with the bits of 2^15 offsets of one partition, 8 KiB; it is forgotten as a
 * whole. Offset 70,000 of partition 3 is bits 8,928 and 8,929 of `sw:marks:3:2`. A chunk of which
 * few are marked has a set of those bits' numbers instead, `sw:marks:3:2:first`, or both.
 */
export const CHUNK_OFFSETS = 2 ** 15;

export type Mark = 'accepted' | 'refused';

/** Number of the chunk that an offset's bits are in. */
export function chunkOf(offset: number): number {
  return Math.floor(offset / CHUNK_OFFSETS);
}

/** Position of the bit in its chunk's string, as SETBIT counts. */
export function bitOf(offset: number, mark: Mark): number {
  return 2 * (offset % CHUNK_OFFSETS) + (mark === 'accepted' ? 0 : 1);
}

export function chunkKey(keyPrefix: string, partition: number, chunk: number): string {
  return `${keyPrefix}:marks:${partition}:${chunk}`;
}

/** Set of the positions of bits that are set, of a chunk that has few. */
export function firstMarksKey(keyPrefix: string, partition: number, chunk: number): string {
  return `${chunkKey(keyPrefix, partition, chunk)}:first`;
}

/** The chunk's bytes with these bits set as well; the same bytes where they say nothing new. */
export function withBits(bytes: Uint8Array, bits: readonly number[]): Uint8Array {
  const length = bits.reduce((most, bit) => Math.max(most, (bit >> 3) + 1), bytes.length);
  const all = new Uint8Array(length);
  all.set(bytes);
  for (const bit of bits) {
    const at = bit >> 3;
    all[at] = (all[at] as number) | (0x80 >> (bit & 7));
  }
  return all;
}

/** Sorted set of all chunks, `PARTITION:CHUNK`, by the time when they were last begun upon. */
export function chunksKey(keyPrefix: string): string {
  return `${keyPrefix}:marks`;
}

/** What a chunk is called in that set. */
export function chunkName(partition: number, chunk: number): string {
  return `${partition}:${chunk}`;
}

/** Offsets `from`, `from` + 1, … up to and without `to`, all marked in the same way. */
export interface MarkedInterval {
  readonly from: number;
  readonly to: number;
  /** What was accepted once is accepted, also when it came again and was refused. */
  readonly mark: Mark;
}

/** The marks of a partition, in order, from the bytes of its chunks by their numbers. */
export function intervalsOf(chunks: ReadonlyMap<number, Uint8Array>): MarkedInterval[] {
  const intervals: MarkedInterval[] = [];
  let open: { from: number; to: number; mark: Mark } | undefined;
  for (const number of [...chunks.keys()].sort((a, b) => a - b)) {
    const bytes = chunks.get(number) as Uint8Array;
    const first = number * CHUNK_OFFSETS;
    for (let i = 0; i < bytes.length * 4; i++) {
      const mark = markAt(bytes, i);
      if (mark === undefined) continue;
      const offset = first + i;
      if (open?.to === offset && open.mark === mark) open.to = offset + 1;
      else {
        open = { from: offset, to: offset + 1, mark };
        intervals.push(open);
      }
    }
  }
  return intervals;
}

/** Offsets between the first and the last mark that have none. */
export function gapsBetween(
  intervals: readonly MarkedInterval[],
): { readonly from: number; readonly to: number }[] {
  return intervals.flatMap((interval, i) => {
    const next = intervals[i + 1];
    return next === undefined || next.from === interval.to
      ? []
      : [{ from: interval.to, to: next.from }];
  });
}

function markAt(bytes: Uint8Array, index: number): Mark | undefined {
  const byte = bytes[index >> 2] as number;
  const two = (byte >> (6 - 2 * (index & 3))) & 3;
  if (two === 0) return undefined;
  return two >= 2 ? 'accepted' : 'refused';
}
