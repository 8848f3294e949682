import { type AmountMinor, parseAmount, type TotalMinor } from '#shared/domain/amount.ts';
import { FRAUD_MEMBERS_MAX, type Fraud, type FraudMember } from '#shared/domain/fraud.ts';
import { isAccount, type Pair } from '#shared/domain/pair.ts';
import { isProbe } from '#shared/domain/probe.ts';
import {
  decodeUtf8,
  type ReceivedEvent,
  readBinaryEvent,
  readStructuredEvent,
  STRUCTURED_MEDIA_TYPE,
} from './cloud-event.ts';
import { type EventHeaders, singleHeader } from './event-headers.ts';
import { FRAUD_TYPE, TRANSACTION_ID_MAX_BYTES } from './event-types.ts';
import { isJsonObject, JsonNumber, type JsonObject, member, parseJson } from './json-text.ts';
import { mediaTypeOf } from './media-type.ts';
import { invalid, malformed, unreadable } from './refusals.ts';
import { parseRfc3339 } from './rfc3339-time.ts';

const MAX_JSON_DEPTH = 8;
/** Room for the longest id that score takes: UTF-8 never has fewer bytes than characters. */
const TEXT_MAX_CHARACTERS = TRANSACTION_ID_MAX_BYTES;
const TOTAL = /^(\d{1,24})\.(\d\d)$/;

/**
 * The fraud that an event of type {@link FRAUD_TYPE} says (W2), binary or structured mode.
 * @throws AppError `malformed` when it is another kind of event or none, `invalid` when a value is
 * not as W2 has it, `mediatype` for a content type that is not JSON.
 */
export function decodeFraud(headers: EventHeaders, body: Buffer | string): Fraud {
  const event = readEvent(headers, typeof body === 'string' ? Buffer.from(body) : body);
  if (event.type !== FRAUD_TYPE) throw malformed('type', FRAUD_TYPE);
  if (event.data.kind !== 'json') throw malformed('data', 'a JSON object');
  const fraud = readFraud(objectOf('data', event.data.value));
  if (event.id !== `${fraud.alertId}/${fraud.sequence}`) {
    throw invalid('id', 'ALERTID/SEQUENCE as in the data');
  }
  return isProbe(event.isMarkedProbe, fraud.pair) ? { ...fraud, isProbe: true } : fraud;
}

function readEvent(headers: EventHeaders, body: Buffer): ReceivedEvent {
  const contentType = singleHeader(headers, 'content-type');
  const mediaType = contentType === undefined ? 'application/json' : mediaTypeOf(contentType);
  if (mediaType !== STRUCTURED_MEDIA_TYPE) {
    if (mediaType !== 'application/json') {
      throw unreadable(`application/json or ${STRUCTURED_MEDIA_TYPE}`);
    }
    return readBinaryEvent(headers, body, MAX_JSON_DEPTH);
  }
  const value = parseJson(decodeUtf8(body, 'body'), 'body', MAX_JSON_DEPTH);
  return readStructuredEvent(value, MAX_JSON_DEPTH);
}

function readFraud(data: JsonObject): Fraud {
  const rule = objectOf('rule', member(data, 'rule'));
  const transactions = membersOf(member(data, 'transactions'));
  const transactionCount = integerOf('transactionCount', member(data, 'transactionCount'), 1);
  const truncated = member(data, 'truncated');
  if (transactionCount < transactions.length) {
    throw invalid('transactionCount', 'no fewer than are listed');
  }
  if (truncated !== transactions.length < transactionCount) {
    throw invalid('truncated', 'true exactly when fewer transactions are listed than counted');
  }
  return {
    alertId: textOf('alertId', member(data, 'alertId')),
    sequence: integerOf('sequence', member(data, 'sequence'), 1),
    rule: {
      id: textOf('rule.id', member(rule, 'id')),
      version: integerOf('rule.version', member(rule, 'version'), 0),
    },
    pair: pairOf(objectOf('pair', member(data, 'pair'))),
    firstTimeMs: timeOf('firstTimestamp', member(data, 'firstTimestamp')),
    lastTimeMs: timeOf('lastTimestamp', member(data, 'lastTimestamp')),
    totalMinor: totalOf(member(data, 'total')),
    thresholdMinor: amountOf('threshold', member(data, 'threshold')),
    windowMs: integerOf('windowMs', member(data, 'windowMs'), 1),
    transactionCount,
    truncated,
    transactions,
  };
}

function pairOf(pair: JsonObject): Pair {
  const origin = member(pair, 'origin');
  const target = member(pair, 'target');
  const currency = member(pair, 'currency');
  const account = 'a string of 1 to 64 printable characters without ;';
  if (typeof origin !== 'string' || !isAccount(origin)) throw invalid('pair.origin', account);
  if (typeof target !== 'string' || !isAccount(target)) throw invalid('pair.target', account);
  if (typeof currency !== 'string' || !/^[A-Z]{3}$/.test(currency)) {
    throw invalid('pair.currency', 'three capital letters');
  }
  return { origin, target, currency };
}

function membersOf(value: unknown): FraudMember[] {
  if (!Array.isArray(value) || value.length > FRAUD_MEMBERS_MAX) {
    throw invalid('transactions', `an array of at most ${FRAUD_MEMBERS_MAX}`);
  }
  return value.map((item) => {
    const object = objectOf('transactions', item);
    return {
      id: textOf('transactions.id', member(object, 'id')),
      eventTimeMs: timeOf('transactions.timestamp', member(object, 'timestamp')),
      amountMinor: amountOf('transactions.amount', member(object, 'amount')),
    };
  });
}

function objectOf(field: string, value: unknown): JsonObject {
  if (!isJsonObject(value)) throw invalid(field, 'a JSON object');
  return value;
}

function textOf(field: string, value: unknown): string {
  if (typeof value === 'string' && value.length <= TEXT_MAX_CHARACTERS) {
    if (/^[^\p{Cc}\p{Cs}]+$/u.test(value)) return value;
  }
  throw invalid(field, `1 to ${TEXT_MAX_CHARACTERS} characters, none of them a control character`);
}

function integerOf(field: string, value: unknown, min: number): number {
  const text = value instanceof JsonNumber ? value.text : '';
  const number = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(number) && number >= min) return number;
  throw invalid(field, `a whole number from ${min} on`);
}

function timeOf(field: string, value: unknown): number {
  const timeMs = typeof value === 'string' ? parseRfc3339(value) : undefined;
  if (timeMs === undefined) throw invalid(field, 'an RFC 3339 time');
  return timeMs;
}

function amountOf(field: string, value: unknown): AmountMinor {
  const amountMinor = typeof value === 'string' ? parseAmount(value) : undefined;
  if (amountMinor === undefined) throw invalid(field, 'a decimal with at most two decimals');
  return amountMinor;
}

/** A total may be larger than any one amount. */
function totalOf(value: unknown): TotalMinor {
  const match = typeof value === 'string' ? TOTAL.exec(value) : null;
  if (match === null) throw invalid('total', 'a decimal with two decimals');
  return BigInt(`${match[1]}${match[2]}`);
}
