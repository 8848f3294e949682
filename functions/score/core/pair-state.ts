import type { AmountMinor, TotalMinor } from '#shared/domain/amount.ts';
import { addHash, hashesOf, type IdHashes, mayHold, widerHashes } from './id-hashes.ts';

/**
 * What is remembered of one pair: its transactions back to 2 W + allowed lateness before the
 * newest, in (time, id) order, each with its trailing total as it is now and the verdict first
 * given. Ids are known back to W + allowed lateness (O2); the windows of those reach one W further.
 * Owned by one store and changed in place by `addToPair`, which keeps these invariants:
 *
 * - `entries` is sorted, and each id that is known stands in it once;
 * - `entry.totalMinor` is the sum of amounts in (entry.time − W, entry.time], ties by id (D1);
 * - each crossing among the entries has a record in `alerts` (D3, D5);
 * - `trimmedOpeningId` is the opening of the episode that the last forgotten entry was in, so that
 *   a run that goes on over the edge of what is remembered is not taken for a new episode.
 */
export interface PairState {
  entries: Entry[];
  /** By id of the opening transaction: what has been sent for that episode. */
  alerts: ReadonlyMap<string, AlertRecord>;
  trimmedOpeningId: string | undefined;
  /** The opening of the episode that the newest entry is in, if it is in one. */
  newestOpeningId: string | undefined;
  /** Counts transactions as they come; tells what a decision could see. */
  arrivals: number;
  /** Tells ids that are not there, once there are so many that looking through them costs more. */
  idHashes: IdHashes | undefined;
  /** Counts what was added since this object was made, which may be from the parts of another. */
  additions: number;
  /** Where the window of the newest entry starts among the entries; below 0: not looked for yet. */
  windowStart: number;
  /** Event time of the entry there. */
  windowStartMs: number;
  /** What the entries from there on add up to; NaN where a number would not be exact. */
  windowTotal: number;
  /** Event time of the newest entry, once the window is known; -Infinity where there is none. */
  newestTimeMs: number;
}

/** What a state is made of; the rest follows from it. */
export type PairStateParts = Pick<
  PairState,
  'entries' | 'alerts' | 'trimmedOpeningId' | 'newestOpeningId' | 'arrivals'
>;

export interface Entry {
  readonly id: string;
  readonly eventTimeMs: number;
  readonly amountMinor: AmountMinor;
  readonly arrival: number;
  totalMinor: TotalMinor;
  /** Set once, when the transaction is added. */
  verdict: EntryVerdict | undefined;
}

/** A verdict without member lists: those are read again from the entries (see findings.ts). */
export interface EntryVerdict {
  readonly totalMinor: TotalMinor;
  readonly transactionCount: number;
  readonly findings: readonly EntryFinding[];
}

/**
 * A fraud event as remembered: the window at `at`, as it was when `arrival` transactions had come.
 */
export interface EntryFinding {
  readonly openingId: string;
  readonly sequence: number;
  readonly at: Entry;
  readonly arrival: number;
  readonly totalMinor: TotalMinor;
  readonly transactionCount: number;
  readonly firstTimeMs: number;
}

export interface AlertRecord {
  readonly sequence: number;
  /** Total of the event last sent, which the next one is measured against (D5). */
  readonly totalMinor: TotalMinor;
}

const NO_ALERTS: ReadonlyMap<string, AlertRecord> = new Map();
/** Most entries that are looked through one by one; most pairs never have more. */
const SCANNED_ENTRIES_MAX = 32;

export function emptyPairState(): PairState {
  return pairStateOf({
    ...{ entries: [], alerts: NO_ALERTS, arrivals: 0 },
    ...{ trimmedOpeningId: undefined, newestOpeningId: undefined },
  });
}

/**
 * A state from its parts, which it owns from then on: what has been read from a store goes on from
 * where it was. O(1): nothing is built until it pays.
 */
export function pairStateOf(parts: PairStateParts): PairState {
  return {
    entries: parts.entries,
    alerts: parts.alerts,
    trimmedOpeningId: parts.trimmedOpeningId,
    newestOpeningId: parts.newestOpeningId,
    arrivals: parts.arrivals,
    idHashes: undefined,
    additions: 0,
    newestTimeMs: Number.NEGATIVE_INFINITY,
    windowStart: -1,
    windowStartMs: Number.NaN,
    windowTotal: Number.NaN,
  };
}

/** The newest entry with the id: an id that is no longer known (O2) may stand there once more. */
export function findEntry(state: PairState, id: string): Entry | undefined {
  const { entries } = state;
  // A state that was read for one step and is then given up never pays for the hashes.
  if (entries.length > SCANNED_ENTRIES_MAX && state.additions > SCANNED_ENTRIES_MAX) {
    state.idHashes ??= hashesOf(entries);
    if (!mayHold(state.idHashes, id)) return undefined;
  }
  for (let i = entries.length - 1; i >= 0; i--) {
    const entry = entries[i] as Entry;
    if (entry.id === id) return entry;
  }
  return undefined;
}

/** Puts an entry behind all others. */
export function appendEntry(state: PairState, entry: Entry): void {
  const { entries } = state;
  // The first few in arrays of just their size: a push makes room for 16 more, which in most pairs
  // stays empty.
  if (entries.length === 0) state.entries = [entry];
  else if (entries.length === 1) state.entries = [entries[0] as Entry, entry];
  else if (entries.length === 2) state.entries = [entries[0] as Entry, entries[1] as Entry, entry];
  else entries.push(entry);
  state.newestTimeMs = entry.eventTimeMs;
  noteId(state, entry.id);
}

/** Puts an entry between others. */
export function insertEntry(state: PairState, index: number, entry: Entry): void {
  state.entries.splice(index, 0, entry);
  state.windowStart = -1;
  noteId(state, entry.id);
}

function noteId(state: PairState, id: string): void {
  state.additions += 1;
  const { idHashes, entries } = state;
  if (idHashes === undefined || addHash(idHashes, id)) return;
  // Made anew where half of it or more is forgotten.
  const isMostlyKnown = idHashes.count < 2 * entries.length;
  state.idHashes = isMostlyKnown ? widerHashes(idHashes) : hashesOf(entries);
  if (isMostlyKnown) addHash(state.idHashes, id);
}

/** Takes the oldest entries out, and returns them. */
export function takeOldest(state: PairState, count: number): readonly Entry[] {
  const taken = state.entries.splice(0, count);
  state.windowStart -= count; // what was not known is less than 0 still
  if (state.entries.length <= SCANNED_ENTRIES_MAX) state.idHashes = undefined;
  return taken;
}

export function putAlert(state: PairState, openingId: string, alert: AlertRecord): void {
  if (state.alerts === NO_ALERTS) state.alerts = new Map();
  (state.alerts as Map<string, AlertRecord>).set(openingId, alert);
}

export function dropAlert(state: PairState, openingId: string): void {
  if (state.alerts.size > 0) (state.alerts as Map<string, AlertRecord>).delete(openingId);
}
