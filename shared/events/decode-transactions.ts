import { isProbe } from '#shared/domain/probe.ts';
import type { Transaction } from '#shared/domain/transaction.ts';
import { transactionId } from '#shared/domain/transaction.ts';
import { AppError } from '#shared/errors.ts';
import type { RecordPlace } from '#shared/journal/record-place.ts';
import { guardClock } from './clock-guard.ts';
import {
  BATCH_MEDIA_TYPE,
  decodeUtf8,
  type EventData,
  hasEventHeaders,
  isAttributeText,
  placeInItem,
  type ReceivedEvent,
  readBinaryEvent,
  readBody,
  readStructuredEvent,
  STRUCTURED_MEDIA_TYPE,
} from './cloud-event.ts';
import { type EventHeaders, singleHeader } from './event-headers.ts';
import { OWN_TYPE_PREFIX, POST_SOURCE, TRANSACTION_TYPE } from './event-types.ts';
import { isJsonObject, member, parseJson } from './json-text.ts';
import { mediaTypeOf } from './media-type.ts';
import { invalid, malformed, unreadable } from './refusals.ts';
import { readTransactionFields } from './transaction-fields.ts';

/** Bounds of what the decoder takes (P). */
export interface DecodeLimits {
  readonly maxBatchEvents: number;
  readonly maxJsonDepth: number;
  /** Of a transaction's id, `SOURCE#ID`, in UTF-8; ids are kept, and travel with fraud events. */
  readonly maxIdBytes: number;
  /** How far ahead of the clock an event time may be, milliseconds; 0 is any (S5). */
  readonly maxFutureMs: number;
}

export const DECODE_LIMITS: DecodeLimits = {
  maxBatchEvents: 1000,
  maxJsonDepth: 16,
  maxIdBytes: 512,
  maxFutureMs: 300_000,
};

export interface DecodeOptions {
  readonly limits: DecodeLimits;
  /** The clock, epoch milliseconds. */
  readonly nowMs: number;
  /** Makes the id of a plain post that has none; such a transaction is never a duplicate (S3). */
  readonly makeId: () => string;
}

/** `isPlain` is true for JSON or a line that came without a CloudEvent around it. */
export type Decoded =
  | {
      readonly kind: 'one';
      readonly transaction: Transaction;
      readonly isPlain: boolean;
      readonly place?: RecordPlace | undefined;
    }
  | {
      readonly kind: 'batch';
      readonly items: readonly (Transaction | AppError)[];
      /** Where each item was read from Kafka, if it says so. */
      readonly places: readonly (RecordPlace | undefined)[];
    };

/**
 * Decodes a request into one transaction or a batch: the only place where the forms of S4 are read.
 * Pure: same arguments, same answer. In a batch each item is decoded by itself, and one that is
 * refused does not harm the others.
 *
 * @throws AppError `malformed`, `mediatype`, `invalid`, `future`, or `toolarge` for a batch of too
 * many events.
 */
export function decodeTransactions(
  headers: EventHeaders,
  body: Buffer,
  options: DecodeOptions,
): Decoded {
  const { maxJsonDepth } = options.limits;
  const contentType = singleHeader(headers, 'content-type');
  const mediaType = contentType === undefined ? undefined : mediaTypeOf(contentType);
  if (mediaType === BATCH_MEDIA_TYPE) {
    return decodeBatch(body, options);
  }
  if (mediaType === STRUCTURED_MEDIA_TYPE) {
    const value = parseJson(decodeUtf8(body, 'body'), 'body', maxJsonDepth);
    return one(readStructuredEvent(value, maxJsonDepth), options);
  }
  if (mediaType?.startsWith('application/cloudevents')) {
    throw unreadable(`${STRUCTURED_MEDIA_TYPE} or ${BATCH_MEDIA_TYPE}`);
  }
  if (hasEventHeaders(headers)) {
    return one(readBinaryEvent(headers, body, maxJsonDepth), options);
  }
  const data = readBody(contentType, body, maxJsonDepth);
  return { kind: 'one', transaction: fromPost(data, options), isPlain: true };
}

function one(event: ReceivedEvent, options: DecodeOptions): Decoded {
  const { place } = event;
  return { kind: 'one', transaction: fromEvent(event, options), isPlain: false, place };
}

function decodeBatch(body: Buffer, options: DecodeOptions): Decoded {
  const { maxBatchEvents, maxJsonDepth } = options.limits;
  // The array is one level around events that may each be as deep as a single one.
  const values = parseJson(decodeUtf8(body, 'body'), 'body', maxJsonDepth + 1);
  if (!Array.isArray(values) || !values.every(isJsonObject)) {
    throw malformed('body', 'an array of CloudEvents');
  }
  if (values.length > maxBatchEvents) {
    throw new AppError('toolarge', `batch: expected at most ${maxBatchEvents} events`, {
      field: 'batch',
      expected: `at most ${maxBatchEvents} events`,
    });
  }
  const items = values.map((value) => {
    try {
      return fromEvent(readStructuredEvent(value, maxJsonDepth), options);
    } catch (error) {
      if (error instanceof AppError) return error;
      throw error;
    }
  });
  return { kind: 'batch', items, places: values.map(placeInItem) };
}

/**
 * Any type will do whose data is a transaction: KafkaSource's `dev.knative.kafka.event`, other
 * people's. Of our own types only one: a fraud event that was sent here must not be looked into.
 */
function fromEvent(event: ReceivedEvent, options: DecodeOptions): Transaction {
  if (event.type.startsWith(OWN_TYPE_PREFIX) && event.type !== TRANSACTION_TYPE) {
    throw malformed('type', `${TRANSACTION_TYPE}, or a type that is not ours`);
  }
  const transaction = build(event.source, event.id, event.data, options);
  return isProbe(event.isMarkedProbe, transaction)
    ? { ...transaction, isProbe: true }
    : transaction;
}

function fromPost(data: EventData, options: DecodeOptions): Transaction {
  return build(POST_SOURCE, postedId(data) ?? options.makeId(), data, options);
}

function postedId(data: EventData): string | undefined {
  if (data.kind !== 'json' || !isJsonObject(data.value)) return undefined;
  const id = member(data.value, 'id') ?? undefined;
  if (id === undefined) return undefined;
  // What generate takes becomes a CloudEvent's id, and must be taken again at score's door.
  if (typeof id === 'string' && isAttributeText(id)) return id;
  throw invalid('id', 'a non-empty string without control characters');
}

function build(
  source: string,
  eventId: string,
  data: EventData,
  options: DecodeOptions,
): Transaction {
  const { maxIdBytes, maxFutureMs } = options.limits;
  const id = transactionId(source, eventId);
  // No character is more than three bytes for each of its UTF-16 units.
  if (id.length * 3 > maxIdBytes && Buffer.byteLength(id) > maxIdBytes) {
    throw invalid('id', `source and id of at most ${maxIdBytes} bytes together`);
  }
  const transaction = { id, ...readTransactionFields(data) };
  guardClock(transaction, options.nowMs, maxFutureMs);
  return transaction;
}
