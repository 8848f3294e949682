import { isDeepStrictEqual } from 'node:util';
import { expect } from 'vitest';
import type { Transaction } from '#shared/domain/transaction.ts';
import { only } from '../oracle/naive-event.ts';
import { Refused } from '../oracle/naive-json.ts';
import { type NaiveReading, type NaiveTransaction, readNaively } from '../oracle/naive-reading.ts';
import { NOW_MS } from './examples.ts';
import type { FuzzRequest } from './fuzz-request.ts';

/**
 * What the naive reading says of a request: what is in it, or why it is refused.
 *
 * @param once - headers that the door itself reads, which may come once.
 */
export function naively(
  { headers, body }: FuzzRequest,
  once: readonly string[] = [],
): NaiveReading | Refused {
  try {
    for (const name of once) only(headers, name);
    return readNaively(headers, body, NOW_MS);
  } catch (error) {
    if (error instanceof Refused) return error;
    throw error;
  }
}

/** Throws unless that is what was scored, to the last value. */
export function expectSame(actual: Transaction | undefined, wanted: NaiveTransaction): void {
  const { isProbe, ...fields } = wanted;
  const id = wanted.id ?? '/splitwatch/post#made';
  const transaction: Transaction = { ...fields, id, ...(isProbe && { isProbe }) };
  // The runner's own comparison is slow, and hardly ever needed.
  if (!isDeepStrictEqual(actual, transaction)) expect(actual).toEqual(transaction);
}
