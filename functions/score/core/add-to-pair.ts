import { AMOUNT_MAX_MINOR, type TotalMinor } from '#shared/domain/amount.ts';
import type { Rule } from '#shared/domain/rule.ts';
import { compareTransactions, type Transaction } from '#shared/domain/transaction.ts';
import { findEpisodeChange, findEpisodeChanges } from './episodes.ts';
import {
  appendEntry,
  dropAlert,
  type Entry,
  type EntryVerdict,
  findEntry,
  insertEntry,
  type PairState,
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

/** All that is read of a transaction here; which pair's it is, is known. */
type Arrival = Pick<Transaction, 'id' | 'eventTimeMs' | 'amountMinor'>;

/**
 * Adds the transaction to the pair's state, in place. O(what expires) in order; out of order O(log
 * n) and the transactions behind it within W. Adding a known id changes nothing (O3).
 */
export function addToPair(state: PairState, transaction: Arrival, rule: Rule): Added {
  const known = findEntry(state, transaction.id);
  if (known !== undefined) {
    const newest = state.entries.at(-1) as Entry;
    const isForgotten = known.eventTimeMs <= newest.eventTimeMs - reachMs(rule);
    if (!isForgotten) return { kind: 'known', entry: known };
  }
  return addUnknown(state, transaction, rule);
}

/** The same for a transaction whose id is known to be new, and need not be looked for. */
export function addUnknown(state: PairState, transaction: Arrival, rule: Rule): Added {
  if (state.windowStart < 0) findWindow(state, rule);
  const { newestTimeMs } = state;
  if (newestTimeMs - transaction.eventTimeMs > rule.allowedLatenessMs) {
    return { kind: 'late', newestTimeMs };
  }
  const entry = isBehindAll(state, transaction)
    ? append(state, transaction, rule)
    : insert(state, transaction, rule);
  return { kind: 'added', entry, verdict: entry.verdict as EntryVerdict };
}

/** Whether it stands behind all others in the order of (time, id). */
function isBehindAll({ entries, newestTimeMs }: PairState, transaction: Arrival): boolean {
  if (transaction.eventTimeMs !== newestTimeMs) return transaction.eventTimeMs > newestTimeMs;
  return compareTransactions(entries.at(-1) as Entry, transaction) < 0;
}

/**
 * In order, as most come: the window slides on, and the running total with it. Nothing else than
 * the new total can have changed.
 */
function append(state: PairState, { id, eventTimeMs, amountMinor }: Arrival, rule: Rule): Entry {
  const before = state.windowStart;
  if (state.windowStartMs <= eventTimeMs - rule.windowMs) slideWindow(state, eventTimeMs, rule);
  const total = state.windowTotal + amountMinor;
  const isNumber = total <= AMOUNT_MAX_MINOR;
  const totalMinor = isNumber ? BigInt(total) : totalAfter(state, before) + BigInt(amountMinor);
  state.windowTotal = isNumber ? total : exactNumber(totalMinor);
  state.arrivals += 1;
  const { arrivals: arrival } = state;
  const entry: Entry = { id, eventTimeMs, amountMinor, arrival, totalMinor, verdict: undefined };
  appendEntry(state, entry);
  entry.verdict = {
    totalMinor,
    transactionCount: state.entries.length - state.windowStart,
    findings: findEpisodeChange(state, entry, rule),
  };
  if (state.windowStart > 0) forget(state, rule);
  return entry;
}

/** Takes what is too old for a window that ends at the time off its start, and off its total. */
function slideWindow(state: PairState, timeMs: number, rule: Rule): void {
  const { entries } = state;
  const floorMs = timeMs - rule.windowMs;
  let start = state.windowStart;
  for (; start < entries.length; start++) {
    const oldest = entries[start] as Entry;
    state.windowStartMs = oldest.eventTimeMs;
    if (oldest.eventTimeMs > floorMs) break;
    state.windowTotal -= oldest.amountMinor;
  }
  if (start === entries.length) state.windowStartMs = timeMs;
  state.windowStart = start;
}

/** What is left of the newest entry's total, when its window started at `before`. */
function totalAfter(state: PairState, before: number): TotalMinor {
  const newest = state.entries.at(-1);
  if (newest === undefined) return 0n;
  return newest.totalMinor - sum(state.entries, before, state.windowStart);
}

/** Where the window of the newest entry starts, in a state that was read or was out of order. */
function findWindow(state: PairState, rule: Rule): void {
  const { entries } = state;
  const last = entries.length - 1;
  const newest = entries[last];
  state.windowStart = newest === undefined ? 0 : windowStart(entries, last, rule.windowMs);
  state.windowStartMs = entries[state.windowStart]?.eventTimeMs ?? Number.NEGATIVE_INFINITY;
  state.windowTotal = exactNumber(newest?.totalMinor ?? 0n);
  state.newestTimeMs = newest?.eventTimeMs ?? Number.NEGATIVE_INFINITY;
}

/** NaN where a number would not be exact. */
function exactNumber(totalMinor: TotalMinor): number {
  return totalMinor <= BigInt(AMOUNT_MAX_MINOR) ? Number(totalMinor) : Number.NaN;
}

/** Puts the transaction between others, brings totals up to date and looks at them again (O1). */
function insert(state: PairState, transaction: Arrival, rule: Rule): Entry {
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
  insertEntry(state, index, entry);
  const end = reachEnd(entries, entry.eventTimeMs, rule.windowMs);
  for (let i = index + 1; i < end; i++) (entries[i] as Entry).totalMinor += amount;
  entry.verdict = {
    totalMinor: entry.totalMinor,
    transactionCount: index - windowStart(entries, index, rule.windowMs) + 1,
    findings: findEpisodeChanges(state, index, rule),
  };
  return entry;
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
 * known is whole, and a fraud event that is sent again is the same to the letter (O3). Of many they
 * go some at a time.
 */
function forget(state: PairState, rule: Rule): void {
  const { entries } = state;
  const floorMs = state.newestTimeMs - reachMs(rule) - rule.windowMs;
  const few = entries.length > FORGOTTEN_SINGLY_MAX ? FORGOTTEN_TOGETHER : 1;
  if ((entries[few - 1] as Entry).eventTimeMs > floorMs) return;
  const forgotten = takeOldest(state, firstAfter(entries, floorMs));
  // Every crossing among the entries has an alert: without one, none of them is fraud.
  if (state.alerts.size === 0 && state.trimmedOpeningId === undefined) return;
  const threshold = BigInt(rule.thresholdMinor);
  for (const entry of forgotten) {
    const before = state.trimmedOpeningId;
    const isFraud = entry.totalMinor > threshold;
    state.trimmedOpeningId = isFraud ? (before ?? entry.id) : undefined;
    if (before !== undefined && !isFraud) dropAlert(state, before);
    if (state.trimmedOpeningId !== entry.id) dropAlert(state, entry.id);
  }
}

const FORGOTTEN_SINGLY_MAX = 64;
const FORGOTTEN_TOGETHER = 32;
