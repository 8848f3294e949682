import type { AmountMinor } from './amount.ts';
import type { Pair } from './pair.ts';

/** One transfer of money, as every form of S4 is decoded into. Values obey S1. */
export interface Transaction extends Pair {
  /** `SOURCE#ID` of its CloudEvent, see {@link transactionId}: names it for ever (S3). */
  readonly id: string;
  /** When it happened: epoch milliseconds, UTC. */
  readonly eventTimeMs: number;
  readonly amountMinor: AmountMinor;
  /** Sent by a deployment to see that it works, see `domain/probe.ts`. */
  readonly isProbe?: true;
}

/**
 * The transaction's id made of its CloudEvent's source and id (S3, W2): `SOURCE#ID`. `#` and `%`
 * inside the event's id are percent-encoded, so two different (source, id) never share a text.
 */
export function transactionId(source: string, eventId: string): string {
  const id = /[#%]/.test(eventId) ? eventId.replaceAll('%', '%25').replaceAll('#', '%23') : eventId;
  return `${source}#${id}`;
}

/**
 * The order of a pair's transactions: by event time, ties by id (D1). Ids compare byte by byte in
 * UTF-8, which is also how Redis compares them. Negative when `a` stands before `b`.
 */
export function compareTransactions(
  a: Pick<Transaction, 'eventTimeMs' | 'id'>,
  b: Pick<Transaction, 'eventTimeMs' | 'id'>,
): number {
  return a.eventTimeMs - b.eventTimeMs || compareIds(a.id, b.id);
}

/** Order of two ids, byte by byte in UTF-8. */
export function compareIds(a: string, b: string): number {
  if (a === b) return 0;
  if (isAscii(a) && isAscii(b)) return a < b ? -1 : 1;
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}
