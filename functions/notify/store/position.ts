/**
 * Positions of changes: microseconds of the clock, and one more than the last where the clock has
 * not moved on. They grow for ever without being kept anywhere: a store that starts from nothing
 * goes on above every position that was ever given out, so no reader mistakes new for seen.
 * The largest is far below 2^53 until the year 2255. `lua/upsert-alert.lua` counts in the same way.
 */
export function nextPosition(lastPosition: number, nowMs: number): number {
  return Math.max(lastPosition + 1, nowMs * 1000);
}

/** The first position that a change at this time can have. */
export function positionAt(timeMs: number): number {
  return timeMs * 1000;
}
