import { parseAmount } from '#shared/domain/amount.ts';
import { isAccount } from '#shared/domain/pair.ts';
import type { Transaction } from '#shared/domain/transaction.ts';
import type { EventData } from './cloud-event.ts';
import { DEFAULT_CURRENCY, isCurrency } from './currency.ts';
import { isJsonObject, JsonNumber, type JsonObject, member } from './json-text.ts';
import { invalid, malformed } from './refusals.ts';
import { parseRfc850 } from './rfc850-time.ts';
import { parseRfc3339 } from './rfc3339-time.ts';

/** What a transaction says of itself: all but its id. */
export type TransactionFields = Omit<Transaction, 'id'>;

// The last instant that RFC 3339 can write, 9999-12-31T23:59:59.999Z.
const LAST_MS = 253_402_300_799_999;

const EXPECTED = {
  timestamp:
    'a time from 1970 on such as 2026-11-22T10:00:00.000Z or Sunday, 23-Jul-17 01:06:47 UTC',
  account: 'a string of 1 to 64 printable characters without ;',
  amount: 'a decimal with at most two decimals, from 0 to 90071992547409.91',
  currency: 'an upper-case ISO 4217 code with two decimals such as USD',
  line: 'timestamp;origin;target;amount',
} as const;

/**
 * The transaction in an event's data or a plain body: the JSON object or the seed's line (S4).
 * @throws AppError `malformed` when it is neither, `invalid` when S1 refuses a value.
 */
export function readTransactionFields(data: EventData): TransactionFields {
  if (data.kind === 'text') return fromLine(data.text);
  if (!isJsonObject(data.value)) throw malformed('data', 'a JSON object');
  return fromJson(data.value);
}

/** Members that we do not know are left alone, so that senders may add to theirs. */
function fromJson(object: JsonObject): TransactionFields {
  return fieldsOf(
    member(object, 'timestamp'),
    member(object, 'origin'),
    member(object, 'target'),
    member(object, 'amount'),
    member(object, 'currency') ?? DEFAULT_CURRENCY,
  );
}

function fromLine(text: string): TransactionFields {
  const line = text.endsWith('\n') ? text.replace(/\r?\n$/, '') : text;
  const parts = line.split(';');
  if (parts.length !== 4) throw malformed('line', EXPECTED.line);
  return fieldsOf(parts[0], parts[1], parts[2], parts[3]);
}

/**
 * The transaction that these values say (S1).
 * @throws AppError `invalid` for the first one that is refused, currency before all others.
 */
export function fieldsOf(
  timestamp: unknown,
  origin: unknown,
  target: unknown,
  amount: unknown,
  currency: unknown = DEFAULT_CURRENCY,
): TransactionFields {
  if (typeof currency !== 'string' || !isCurrency(currency)) {
    throw invalid('currency', EXPECTED.currency);
  }
  return {
    eventTimeMs: eventTimeOf(timestamp),
    origin: accountOf('origin', origin),
    target: accountOf('target', target),
    amountMinor: amountOf(amount),
    currency,
  };
}

function eventTimeOf(value: unknown): number {
  const timeMs =
    typeof value === 'string' ? (parseRfc3339(value) ?? parseRfc850(value)) : undefined;
  if (timeMs === undefined || timeMs < 0 || timeMs > LAST_MS) {
    throw invalid('timestamp', EXPECTED.timestamp);
  }
  return timeMs;
}

function accountOf(field: 'origin' | 'target', value: unknown): string {
  if (typeof value !== 'string' || !isAccount(value)) throw invalid(field, EXPECTED.account);
  return value;
}

/** A decimal in a string, or a JSON number by its own digits: the same rules for both. */
function amountOf(value: unknown): number {
  const text = value instanceof JsonNumber ? value.text : value;
  const amountMinor = typeof text === 'string' ? parseAmount(text) : undefined;
  if (amountMinor === undefined) throw invalid('amount', EXPECTED.amount);
  return amountMinor;
}
