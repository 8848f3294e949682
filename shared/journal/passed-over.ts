import { gapsBetween } from './offset-marks.ts';
import type { Marks } from './read-marks.ts';

/** A gap so old is no longer being tried again: the source gives up after two minutes (facts 1). */
const GRACE_MS = 180_000;
/** Chunks that nobody has begun upon for so long are not looked at again; `audit` does. */
export const LOOK_BACK_MS = 6 * 3_600_000;

/**
 * How many offsets have been passed over for longer than the grace. `seen` remembers each gap, by
 * where it ends, from one look to the next. A gap may be a record that was given up, or none at all
 * (what a producer's transaction leaves, compaction): `./splitwatch audit` asks the topic.
 */
export function countPassedOver(marks: Marks, seen: Map<string, number>, nowMs: number): number {
  const still = new Set<string>();
  let count = 0;
  for (const [partition, intervals] of marks) {
    for (const { from, to } of gapsBetween(intervals)) {
      const name = `${partition}:${to}`;
      still.add(name);
      const sinceMs = seen.get(name) ?? nowMs;
      seen.set(name, sinceMs);
      if (nowMs - sinceMs >= GRACE_MS) count += to - from;
    }
  }
  for (const name of seen.keys()) if (!still.has(name)) seen.delete(name);
  return count;
}
