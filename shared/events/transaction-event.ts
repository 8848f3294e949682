import { type AmountMinor, formatAmount } from '#shared/domain/amount.ts';
import { type Pair, pairKey } from '#shared/domain/pair.ts';
import type { TopicRecord } from '#shared/kafka/topic.ts';
import { TRANSACTION_SCHEMA, TRANSACTION_TYPE } from './event-types.ts';
import { encodeHeaderValue } from './header-value.ts';

export { TRANSACTION_TYPE } from './event-types.ts';

/** A transaction as its sender knows it: its id still in two parts. */
export interface OutgoingTransaction extends Pair {
  /** CloudEvent source, a URI reference such as `/banks/7`. */
  readonly source: string;
  /** CloudEvent id, unique within the source. */
  readonly eventId: string;
  readonly eventTimeMs: number;
  readonly amountMinor: AmountMinor;
  /** Marks it as a probe (extension `probe`), which only the reserved account can send. */
  readonly isProbe?: true;
}

/**
 * The transaction as a Kafka record: a CloudEvent in binary mode, key `ORIGIN:TARGET` (W1). The
 * record's own timestamp is left to be the time of writing: with the event time of a replay the
 * broker would delete it for its age, or refuse it for being ahead.
 */
export function encodeTransactionRecord(transaction: OutgoingTransaction): TopicRecord {
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  for (const [name, value] of attributes(transaction)) headers[`ce_${name}`] = value;
  return {
    key: pairKey(transaction),
    value: Buffer.from(dataOf(transaction)),
    headers,
  };
}

/** The transaction as an HTTP request: a CloudEvent in binary mode (W1). */
export function encodeTransactionRequest(transaction: OutgoingTransaction): {
  headers: Record<string, string>;
  body: string;
} {
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  for (const [name, value] of attributes(transaction)) {
    headers[`ce-${name}`] = encodeHeaderValue(value);
  }
  return { headers, body: dataOf(transaction) };
}

function attributes(transaction: OutgoingTransaction): [name: string, value: string][] {
  const key = pairKey(transaction);
  return [
    ['specversion', '1.0'],
    ['id', transaction.eventId],
    ['source', transaction.source],
    ['type', TRANSACTION_TYPE],
    ['time', new Date(transaction.eventTimeMs).toISOString()],
    ['subject', key],
    ['partitionkey', key],
    ['dataschema', TRANSACTION_SCHEMA],
    ...(transaction.isProbe ? [['probe', 'true'] as [string, string]] : []),
  ];
}

function dataOf(transaction: OutgoingTransaction): string {
  const { origin, target, currency } = transaction;
  return JSON.stringify({
    timestamp: new Date(transaction.eventTimeMs).toISOString(),
    origin,
    target,
    amount: formatAmount(transaction.amountMinor),
    currency,
  });
}
