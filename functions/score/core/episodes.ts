import type { Rule } from '#shared/domain/rule.ts';
import { type Entry, type EntryFinding, type PairState, putAlert } from './pair-state.ts';
import { reachEnd, windowStart } from './window.ts';

/**
 * Which episodes did a new transaction open, and which must be brought up to date? An episode is a
 * maximal run of consecutive transactions whose trailing totals are over the threshold (D3); its
 * first one opens it and gives the alert its name.
 *
 * - Each crossing that has not been reported opens its episode: sequence 1, the window at the
 *   crossing (D4, D5). In order that is the new transaction or none. Out of order it may also be a
 *   later one that the new amount lifts over the threshold, or the one behind it, when the new one
 *   parts a run in two.
 * - An episode that has been reported is brought up to date once a step, with the largest of the
 *   totals that changed, when that is at least twice the last one sent (`doubling`), or at the new
 *   transaction itself, if it is in the episode (`every`), or not at all (`never`).
 */
export function findEpisodeChanges(state: PairState, index: number, rule: Rule): EntryFinding[] {
  const findings: EntryFinding[] = [];
  const end = reachEnd(state.entries, (state.entries[index] as Entry).eventTimeMs, rule.windowMs);
  for (const crossing of newCrossings(state, index, end, rule)) {
    findings.push(report(state, (state.entries[crossing] as Entry).id, 1, crossing, rule));
  }
  const isOpened = (id: string): boolean => findings.some((finding) => finding.openingId === id);
  for (const [openingId, largest] of largestByEpisode(state, index, end, rule)) {
    const sent = state.alerts.get(openingId);
    if (sent === undefined || rule.updates === 'never') continue;
    const { totalMinor } = state.entries[largest] as Entry;
    const isDue =
      rule.updates === 'every' ? !isOpened(openingId) : totalMinor >= 2n * sent.totalMinor;
    if (isDue) findings.push(report(state, openingId, sent.sequence + 1, largest, rule));
  }
  const last = state.entries.length - 1;
  if (!isFraudAt(state, last, rule)) state.newestOpeningId = undefined;
  else if (index < last || state.newestOpeningId === undefined) {
    state.newestOpeningId = openingIdOf(state, last, rule);
  }
  return findings;
}

/**
 * The same for a new entry behind all others, whose window is the state's: it touches no episode
 * but its own.
 */
export function findEpisodeChange(
  state: PairState,
  entry: Entry,
  rule: Rule,
): readonly EntryFinding[] {
  // What is too much for a number is over any threshold: NaN is not at most anything.
  if (state.windowTotal <= rule.thresholdMinor) {
    state.newestOpeningId = undefined;
    return NO_FINDINGS;
  }
  const before = state.newestOpeningId;
  const openingId = before ?? entry.id;
  state.newestOpeningId = openingId;
  const sent = state.alerts.get(openingId);
  const isOpening = before === undefined && sent === undefined;
  const isDue =
    sent !== undefined &&
    (rule.updates === 'every' ||
      (rule.updates === 'doubling' && entry.totalMinor >= 2n * sent.totalMinor));
  if (!isOpening && !isDue) return NO_FINDINGS;
  const sequence = (sent?.sequence ?? 0) + 1;
  return [reportFrom(state, openingId, sequence, state.entries.length - 1, state.windowStart)];
}

const NO_FINDINGS: readonly EntryFinding[] = [];

/** Indexes, ascending, of the crossings in [index, end] that have no alert record yet. */
function newCrossings(state: PairState, index: number, end: number, rule: Rule): number[] {
  const crossings: number[] = [];
  let wasFraud = isFraudBefore(state, index, rule);
  for (let i = index; i <= end && i < state.entries.length; i++) {
    const isFraud = isFraudAt(state, i, rule);
    const { id } = state.entries[i] as Entry;
    if (isFraud && !wasFraud && !state.alerts.has(id)) crossings.push(i);
    wasFraud = isFraud;
  }
  return crossings;
}

/**
 * For each episode that has transactions in [index, end): the index of the largest total among
 * them, the first of equals. With updates on `every`, only the episode of the new transaction.
 */
function largestByEpisode(
  state: PairState,
  index: number,
  end: number,
  rule: Rule,
): Map<string, number> {
  const largest = new Map<string, number>();
  let openingId = isFraudBefore(state, index, rule)
    ? openingIdOf(state, index - 1, rule)
    : undefined;
  for (let i = index; i < (rule.updates === 'every' ? index + 1 : end); i++) {
    const entry = state.entries[i] as Entry;
    if (!isFraudAt(state, i, rule)) {
      openingId = undefined;
      continue;
    }
    openingId ??= entry.id;
    const best = largest.get(openingId);
    if (best === undefined || entry.totalMinor > (state.entries[best] as Entry).totalMinor) {
      largest.set(openingId, i);
    }
  }
  return largest;
}

function report(
  state: PairState,
  openingId: string,
  sequence: number,
  index: number,
  rule: Rule,
): EntryFinding {
  const start = windowStart(state.entries, index, rule.windowMs);
  return reportFrom(state, openingId, sequence, index, start);
}

function reportFrom(
  state: PairState,
  openingId: string,
  sequence: number,
  index: number,
  start: number,
): EntryFinding {
  const at = state.entries[index] as Entry;
  putAlert(state, openingId, { sequence, totalMinor: at.totalMinor });
  return {
    openingId,
    sequence,
    at,
    arrival: state.arrivals,
    totalMinor: at.totalMinor,
    transactionCount: index - start + 1,
    firstTimeMs: (state.entries[start] as Entry).eventTimeMs,
  };
}

/** Id of the transaction that opened the episode which `entries[index]`, a fraud one, is in. */
export function openingIdOf(state: PairState, index: number, rule: Rule): string {
  let first = index;
  while (first > 0 && isFraudAt(state, first - 1, rule)) first -= 1;
  if (first <= 0 && state.trimmedOpeningId !== undefined) return state.trimmedOpeningId;
  return (state.entries[first] as Entry).id;
}

function isFraudAt(state: PairState, index: number, rule: Rule): boolean {
  return (state.entries[index] as Entry).totalMinor > BigInt(rule.thresholdMinor);
}

function isFraudBefore(state: PairState, index: number, rule: Rule): boolean {
  if (index === 0) return state.trimmedOpeningId !== undefined;
  return isFraudAt(state, index - 1, rule);
}
