import type { Transaction } from '#shared/domain/transaction.ts';
import { AppError } from '#shared/errors.ts';
import { decodeTransactions } from '#shared/events/decode-transactions.ts';
import { TRANSACTION_ID_MAX_BYTES } from '#shared/events/event-types.ts';
import type { StoredRecord } from '#shared/kafka/topic.ts';
import { recordToEvent, type SourceName } from './eventing/record-to-event.ts';
import { toBinaryRequest, type WireEvent } from './eventing/wire-event.ts';

/** As wide as score's own settings can be: what score refused, others tell. */
const LIMITS = {
  maxBatchEvents: 1,
  maxJsonDepth: 64,
  maxIdBytes: TRANSACTION_ID_MAX_BYTES,
  maxFutureMs: 0,
};

/**
 * The transaction that score reads in a record, or why it reads none. Plain records are named after
 * their KafkaSource, so whoever asks has to know its name.
 */
export function transactionOfRecord(
  record: StoredRecord,
  source: SourceName,
): Transaction | AppError {
  return transactionOfEvent(recordToEvent(record, source));
}

/** The transaction that score reads in an event, or why it reads none. */
export function transactionOfEvent(event: WireEvent): Transaction | AppError {
  const { headers, body } = toBinaryRequest(event);
  try {
    const makeId = (): string => 'none'; // what KafkaSource posts always has one
    const decoded = decodeTransactions(headers, body, { limits: LIMITS, nowMs: 0, makeId });
    if (decoded.kind === 'one') return decoded.transaction;
    return new AppError('malformed', 'a batch inside a record');
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}
