import type { AmountMinor, TotalMinor } from '#shared/domain/amount.ts';

/**
 * What is remembered of one pair: its transactions back to 2 W + allowed lateness before the
 * newest, in (time, id) order, each with its trailing total as it is now and the verdict first
 * given. Ids are known back to W + allowed lateness (O2); the windows of those reach one W further.
 * Owned by one store and changed in place by `addToPair`, which keeps these invariants:
 *
 * - `entries` is sorted and each id stands in it once; `byId` holds the same entries;
 * - `entry.totalMinor` is the sum of amounts in (entry.time − W, entry.time], ties by id (D1);
 * - each crossing among the entries has a record in `alerts` (D3, D5);
 * - `trimmedOpeningId` is the opening of the episode that the last forgotten entry was in, so that
 * a
 *   run that goes on over the edge of what is remembered is not taken for a new episode.
 */
export interface PairState {
  readonly entries: Entry[];
  readonly byId: Map<string, Entry>;
  /** By id of the opening transaction: what has been sent for that episode. */
  readonly alerts: Map<string, AlertRecord>;
  trimmedOpeningId: string | undefined;
  /** The opening of the episode that the newest entry is in, if it is in one. */
  newestOpeningId: string | undefined;
  /** Counts transactions as they come; tells what a decision could see. */
  arrivals: number;
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

export function emptyPairState(): PairState {
  return {
    entries: [],
    byId: new Map(),
    alerts: new Map(),
    trimmedOpeningId: undefined,
    newestOpeningId: undefined,
    arrivals: 0,
  };
}
