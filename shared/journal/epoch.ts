import { isJsonObject, member } from '../events/json-text.ts';

/**
 * Does Redis still have what was acknowledged? Redis is a cache of the log (L3), so losing it is
 * repaired by reading the topic again; but somebody has to notice. Beside the totals Redis keeps a
 * record, the epoch, with a name that nobody chose twice. A process that meets another epoch, or
 * none, or counts fewer acknowledgements of its own than were confirmed to it, knows of a loss, and
 * says so in a second record for all others. Reading the topic again begins a new epoch.
 *
 * All keys carry one hash tag, so a Redis Cluster keeps them together. Of a cluster the loss of
 * that one shard is noticed, not that of another.
 */
export interface Epoch {
  readonly id: string;
  /** `start`: a process found none; `rebuild`: the topic was read again, or is being. */
  readonly madeBy: 'start' | 'rebuild';
  readonly sinceMs: number;
  /** Set until a record from the beginning of the topic was noted: see `NEW_OFFSETS`. */
  readonly isNew?: boolean;
  readonly isRebuilding?: boolean;
  /** By partition, the offset that the rebuild began at: what is before it was done long ago. */
  readonly begins?: Readonly<Record<string, number>>;
  /**
   * By partition, the offset that it ended before. What is between and was not noted is older than
   * anything that its pair's totals can still need.
   */
  readonly ends?: Readonly<Record<string, number>>;
}

/**
 * An epoch that is new, and a record beyond so many others: then either Redis was lost while nobody
 * ran, or this is the first start on a topic with a past. More than a source has under way at once.
 */
export const NEW_OFFSETS = 10_000;

/** Header by which what reads the topic again is known, with the id of the epoch that it makes. */
export const REBUILD_HEADER = 'splitwatch-rebuild';

export function epochKey(keyPrefix: string): string {
  return `${keyPrefix}:{epoch}`;
}

/** Text in words of what is known to be lost; absent while all is well. */
export function lossKey(keyPrefix: string): string {
  return `${keyPrefix}:{epoch}:lost`;
}

/** Acknowledgements of one process, counted by Redis. */
export function acknowledgedKey(keyPrefix: string, processId: string): string {
  return `${keyPrefix}:{epoch}:acknowledged:${processId}`;
}

export function encodeEpoch(epoch: Epoch): string {
  return JSON.stringify(epoch);
}

/** Undefined for a text that is no epoch. */
export function decodeEpoch(text: string): Epoch | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isJsonObject(value)) return undefined;
  const [id, madeBy, sinceMs] = [
    member(value, 'id'),
    member(value, 'madeBy'),
    member(value, 'sinceMs'),
  ];
  if (typeof id !== 'string' || typeof sinceMs !== 'number') return undefined;
  if (madeBy !== 'start' && madeBy !== 'rebuild') return undefined;
  const isNew = member(value, 'isNew') === true;
  const isRebuilding = member(value, 'isRebuilding') === true;
  const [begins, ends] = [member(value, 'begins'), member(value, 'ends')];
  return {
    ...{ id, madeBy, sinceMs, ...(isNew && { isNew }), ...(isRebuilding && { isRebuilding }) },
    ...(isJsonObject(begins) && { begins: begins as Record<string, number> }),
    ...(isJsonObject(ends) && { ends: ends as Record<string, number> }),
  };
}
