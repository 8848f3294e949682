import { bitOf, chunkOf, type Mark } from '#shared/journal/offset-marks.ts';
import type { RecordPlace } from '#shared/journal/record-place.ts';

/** So many marks of a chunk are kept one by one before it gets its string of bits. */
export const FIRST_MARKS = 64;
/** Chunks that are counted at once: more than the partitions of any topic that is in use. */
const CHUNKS_MAX = 4096;

interface Marked {
  readonly mark: Mark;
  readonly place: RecordPlace | undefined;
}

/** What goes into the set of a chunk's first marks. */
export interface FirstWrite {
  readonly partition: number;
  readonly chunk: number;
  /** Positions of bits in the chunk, as `bitOf` counts. */
  readonly bits: readonly string[];
}

/**
 * Kafka coordinates are what a request says of itself: each one that names another chunk would have
 * Redis keep a string of 8 KiB for one mark. So the first marks of a chunk are members of a set, a
 * few bytes each, and only one that goes on being named gets its string. No mark is ever refused or
 * lost for that, and a request cannot cost more than 8 KiB / 64.
 *
 * Counted by each process for itself, and begun anew where it was forgotten: a mark may stand in
 * either form, or both, and says the same.
 */
export class FirstMarks {
  readonly #counts = new Map<string, number>();

  /** Parts what is to be marked into what is first of its chunk, and the rest. */
  part<T extends Marked>(
    marks: readonly T[],
  ): { readonly first: readonly FirstWrite[]; readonly rest: readonly T[] } {
    const first = new Map<string, { partition: number; chunk: number; bits: string[] }>();
    const rest = marks.filter(({ mark, place }) => {
      if (place === undefined) return false;
      const { partition, offset } = place;
      const chunk = chunkOf(offset);
      const name = `${partition}:${chunk}`;
      if (!this.#isFirst(name)) return true;
      const write = first.get(name) ?? { partition, chunk, bits: [] };
      first.set(name, write);
      write.bits.push(String(bitOf(offset, mark)));
      return false;
    });
    return { first: [...first.values()], rest };
  }

  #isFirst(name: string): boolean {
    const count = this.#counts.get(name) ?? 0;
    if (count >= FIRST_MARKS) return false;
    this.#counts.set(name, count + 1);
    if (this.#counts.size > CHUNKS_MAX) this.#forgetOldest();
    return true;
  }

  #forgetOldest(): void {
    for (const name of this.#counts.keys()) {
      this.#counts.delete(name);
      return;
    }
  }
}
