import type { TotalMinor } from '#shared/domain/amount.ts';
import type { Rule } from '#shared/domain/rule.ts';
import type { Transaction } from '#shared/domain/transaction.ts';
import { findEpisodeChanges } from './episodes.ts';
import {
  dropAlert,
  type Entry,
  type EntryVerdict,
  findEntry,
  type PairState,
  putEntry,
  takeOldest,
} from './pair-state.ts';
import { firstAfter, positionOf, reachEnd, windowStart } from './window.ts';

/**
 * What does one more transaction change? It is put in its place, every trailing total that it
 * touches grows by its amount, and each of those is looked at again (O1). Then what is older than
 * W + allowed lateness before the newest is no longer known (O2).
 *
 * With threshold 100: 60 at 10:00, 60 at 10:05 crosses at 10:05 with 120. Then 90 from 10:01 comes
 * late: its own total is 150, so the episode now opens at 10:01 and is reported with that opening.
 *
 * The state after any order of arrival is the same function of the set (O4).
 */
export type Added =
  | { readonly kind: 'added'; readonly entry: Entry; readonly verdict: EntryVerdict }
  | { readonly kind: 'known'; readonly entry: Entry }
  | { readonly kind: 'late'; readonly newestTimeMs: number };

/**
 * Adds the transaction to the pair's state, in place. O(log n + what expires) in order; out of
 * order also the transactions behind it within W. Adding a known id changes nothing (O3).
 */
export function addToPair(state: PairState, transaction: Transaction, rule: Rule): Added {
  const newest = state.entries.at(-1);
  const known = findEntry(state, transaction.id);
  if (known && newest && known.eventTimeMs > newest.eventTimeMs - reachMs(rule)) {
    return { kind: 'known', entry: known };
  }
  if (newest && newest.eventTimeMs - transaction.eventTimeMs > rule.allowedLatenessMs) {
    return { kind: 'late', newestTimeMs: newest.eventTimeMs };
  }
  const index = insert(state, transaction, rule);
  const entry = state.entries[index] as Entry;
  const verdict = {
    totalMinor: entry.totalMinor,
    transactionCount: index - windowStart(state.entries, index, rule.windowMs) + 1,
    findings: findEpisodeChanges(state, index, rule),
  };
  entry.verdict = verdict;
  forget(state, rule);
  return { kind: 'added', entry, verdict };
}

/** Puts the transaction in its place and brings the totals up to date; returns its index. */
function insert(state: PairState, transaction: Transaction, rule: Rule): number {
  const { entries } = state;
  const index = positionOf(entries, transaction);
  const amount = BigInt(transaction.amountMinor);
  state.arrivals += 1;
  const entry: Entry = {
    id: transaction.id,
    eventTimeMs: transaction.eventTimeMs,
    amountMinor: transaction.amountMinor,
    arrival: state.arrivals,
    totalMinor: totalBefore(entries, index, transaction.eventTimeMs, rule) + amount,
    verdict: undefined,
  };
  putEntry(state, index, entry);
  const end = reachEnd(entries, entry.eventTimeMs, rule.windowMs);
  for (let i = index + 1; i < end; i++) (entries[i] as Entry).totalMinor += amount;
  return index;
}

/**
 * Sum of the entries before `index` that are in the window ending at timeMs. Made from the total
 * of the entry before where its own window is still whole, else added up.
 */
function totalBefore(
  entries: readonly Entry[],
  index: number,
  timeMs: number,
  rule: Rule,
): TotalMinor {
  const previous = entries[index - 1];
  if (previous === undefined) return 0n;
  const start = Math.min(firstAfter(entries, timeMs - rule.windowMs), index);
  const newestMs = (entries.at(-1) as Entry).eventTimeMs;
  if (newestMs - previous.eventTimeMs > rule.allowedLatenessMs) return sum(entries, start, index);
  const gone = windowStart(entries, index - 1, rule.windowMs);
  return previous.totalMinor - sum(entries, gone, start);
}

function sum(entries: readonly Entry[], start: number, end: number): TotalMinor {
  let total = 0n;
  for (let i = start; i < end; i++) total += BigInt((entries[i] as Entry).amountMinor);
  return total;
}

/** How far back of the newest transaction ids are known (O2). */
function reachMs(rule: Rule): number {
  return rule.windowMs + rule.allowedLatenessMs;
}

/**
 * Entries are kept for one W longer than their ids are known, so that the window of everything
 * known is whole, and a fraud event that is sent again is the same to the letter (O3).
 */
function forget(state: PairState, rule: Rule): void {
  const { entries } = state;
  const newest = entries.at(-1) as Entry;
  const floorMs = newest.eventTimeMs - reachMs(rule) - rule.windowMs;
  if ((entries[0] as Entry).eventTimeMs > floorMs) return;
  for (const entry of takeOldest(state, firstAfter(entries, floorMs))) {
    const before = state.trimmedOpeningId;
    const isFraud = entry.totalMinor > BigInt(rule.thresholdMinor);
    state.trimmedOpeningId = isFraud ? (before ?? entry.id) : undefined;
    if (before !== undefined && !isFraud) dropAlert(state, before);
    if (state.trimmedOpeningId !== entry.id) dropAlert(state, entry.id);
  }
}
