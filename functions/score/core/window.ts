import { compareTransactions } from '#shared/domain/transaction.ts';
import type { Entry } from './pair-state.ts';

/**
 * Which transactions are in a window? The window at x is (x.time − W, x.time], ties broken by id
 * (D1): exactly W apart is outside, and of two at the same instant the greater id sees the other.
 *
 * With W = 600,000: times 0, 1, 600,000 → the window at the third holds the second and the third.
 *
 * Everything here is a binary search in a list sorted by (time, id); nothing reads a clock.
 */
type Key = Pick<Entry, 'eventTimeMs' | 'id'>;

/** Index of the first entry that does not stand before `key`. O(log n). */
export function positionOf(entries: readonly Entry[], key: Key): number {
  return firstIndex(entries, (entry) => compareTransactions(entry, key) >= 0);
}

/** Index of the first entry whose time is after `timeMs`. O(log n). */
export function firstAfter(entries: readonly Entry[], timeMs: number): number {
  return firstIndex(entries, (entry) => entry.eventTimeMs > timeMs);
}

/** Index of the first entry of the window that ends at `entries[index]`. O(log n). */
export function windowStart(entries: readonly Entry[], index: number, windowMs: number): number {
  return firstAfter(entries, (entries[index] as Entry).eventTimeMs - windowMs);
}

/**
 * Index behind the last entry whose window holds an entry at `timeMs`: those at times before
 * timeMs + W. O(log n).
 */
export function reachEnd(entries: readonly Entry[], timeMs: number, windowMs: number): number {
  return firstAfter(entries, timeMs + windowMs - 1);
}

function firstIndex(entries: readonly Entry[], holds: (entry: Entry) => boolean): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(entries[middle] as Entry)) high = middle;
    else low = middle + 1;
  }
  return low;
}
