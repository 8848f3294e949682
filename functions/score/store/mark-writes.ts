import { bitOf, CHUNK_OFFSETS, chunkOf, type Mark } from '#shared/journal/offset-marks.ts';
import type { RecordPlace } from '#shared/journal/record-place.ts';

/** One SET of a BITFIELD. */
export interface BitsToSet {
  readonly operation: 'SET';
  readonly encoding: `u${number}`;
  readonly offset: number;
  readonly value: number;
}

/** What has to be set in one chunk. */
export interface ChunkWrite {
  readonly partition: number;
  readonly chunk: number;
  readonly sets: readonly BitsToSet[];
}

/** So many neighbours in one SET: 52 bits, which a number can say. */
const RUN_MAX = 26;

/**
 * The fewest SETs that mark all of these, chunk by chunk. Accepted ones that are neighbours are one
 * SET, which takes back their other bit: what was accepted once is accepted.
 */
export function markWrites(
  marks: readonly { readonly mark: Mark; readonly place: RecordPlace | undefined }[],
): ChunkWrite[] {
  const chunks: (Omit<ChunkWrite, 'sets'> & { accepted: number[]; sets: BitsToSet[] })[] = [];
  for (const { mark, place } of marks) {
    if (place === undefined) continue;
    const { partition, offset } = place;
    const chunk = chunkOf(offset);
    let write = chunks.find((one) => one.partition === partition && one.chunk === chunk);
    if (write === undefined) {
      write = { partition, chunk, accepted: [], sets: [] };
      chunks.push(write);
    }
    if (mark === 'accepted') write.accepted.push(offset % CHUNK_OFFSETS);
    else write.sets.push({ ...ONE_BIT, offset: bitOf(offset, mark) });
  }
  return chunks.map(({ partition, chunk, accepted, sets }) => ({
    ...{ partition, chunk, sets: [...runsOf(accepted), ...sets] },
  }));
}

const ONE_BIT = { operation: 'SET', encoding: 'u1', value: 1 } as const;

function runsOf(offsets: number[]): BitsToSet[] {
  const runs: BitsToSet[] = [];
  offsets.sort((a, b) => a - b);
  for (let i = 0; i < offsets.length; ) {
    const first = offsets[i] as number;
    let length = 1;
    for (i += 1; i < offsets.length && length < RUN_MAX; i++) {
      const next = offsets[i] as number;
      if (next > first + length) break;
      length = next - first + 1; // the same one may come twice
    }
    const bits = { encoding: `u${2 * length}`, value: (2 * (4 ** length - 1)) / 3 } as const;
    runs.push({ operation: 'SET', ...bits, offset: bitOf(first, 'accepted') });
  }
  return runs;
}
