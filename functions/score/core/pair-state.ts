import type { AmountMinor, TotalMinor } from '#shared/domain/amount.ts';

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
  readonly entries: Entry[];
  /** By id of the opening transaction: what has been sent for that episode. */
  alerts: ReadonlyMap<string, AlertRecord>;
  trimmedOpeningId: string | undefined;
  /** The opening of the episode that the newest entry is in, if it is in one. */
  newestOpeningId: string | undefined;
  /** Counts transactions as they come; tells what a decision could see. */
  arrivals: number;
  /** The entries by id, once there are so many that looking through them costs more. */
  byId: Map<string, Entry> | undefined;
  /** Counts what was added since this object was made, which may be from the parts of another. */
  additions: number;
}

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
export function pairStateOf(parts: Omit<PairState, 'byId' | 'additions'>): PairState {
  return {
    entries: parts.entries,
    alerts: parts.alerts,
    trimmedOpeningId: parts.trimmedOpeningId,
    newestOpeningId: parts.newestOpeningId,
    arrivals: parts.arrivals,
    byId: undefined,
    additions: 0,
  };
}

/** The newest entry with the id: an id that is no longer known (O2) may stand there once more. */
export function findEntry(state: PairState, id: string): Entry | undefined {
  if (state.byId !== undefined) return state.byId.get(id);
  const { entries } = state;
  for (let i = entries.length - 1; i >= 0; i--) {
    if ((entries[i] as Entry).id === id) return entries[i];
  }
  return undefined;
}

/** Puts a new entry in its place. */
export function putEntry(state: PairState, index: number, entry: Entry): void {
  const { entries } = state;
  if (index === entries.length) entries.push(entry);
  else entries.splice(index, 0, entry);
  state.additions += 1;
  if (state.byId !== undefined) state.byId.set(entry.id, entry);
  // A state that was read for one step and is then given up never pays for the map.
  else if (entries.length > SCANNED_ENTRIES_MAX && state.additions > SCANNED_ENTRIES_MAX) {
    state.byId = new Map(entries.map((each) => [each.id, each]));
  }
}

/** Takes the oldest entries out, and returns them. */
export function takeOldest(state: PairState, count: number): readonly Entry[] {
  const taken = state.entries.splice(0, count);
  if (state.entries.length <= SCANNED_ENTRIES_MAX / 2) state.byId = undefined;
  for (const entry of state.byId === undefined ? [] : taken) {
    if (state.byId?.get(entry.id) === entry) state.byId.delete(entry.id);
  }
  return taken;
}

export function putAlert(state: PairState, openingId: string, alert: AlertRecord): void {
  if (state.alerts === NO_ALERTS) state.alerts = new Map();
  (state.alerts as Map<string, AlertRecord>).set(openingId, alert);
}

export function dropAlert(state: PairState, openingId: string): void {
  if (state.alerts.size > 0) (state.alerts as Map<string, AlertRecord>).delete(openingId);
}
