import type { Transaction } from '#shared/domain/transaction.ts';
import { transactionId } from '#shared/domain/transaction.ts';
import { REBUILD_HEADER } from '#shared/journal/epoch.ts';
import { type RecordPlace, recordPlace } from '#shared/journal/record-place.ts';
import type { DecodeOptions } from './decode-transactions.ts';
import { OWN_TYPE_PREFIX, TRANSACTION_TYPE } from './event-types.ts';
import { parseRfc3339 } from './rfc3339-time.ts';
import { fieldsOf, type TransactionFields } from './transaction-fields.ts';

/** What a request says that is nothing but one plain transaction event. */
export interface PlainEvent {
  readonly transaction: Transaction;
  readonly place: RecordPlace | undefined;
}

/**
 * The short way through the decoder, for what nearly all requests are: a CloudEvent in binary mode
 * with our own JSON as its data, printable ASCII throughout. One pass over the headers, no map of
 * them, no JSON value: a fifth of what the strict decoder costs. Whatever is another way, or
 * wrong, is undefined here, and the strict decoder's to read or to refuse
 * (`decode-transactions.ts`); a test holds the two against each other.
 */
export function readPlainEvent(
  rawHeaders: readonly string[],
  body: Buffer,
  options: Omit<DecodeOptions, 'makeId'>,
): PlainEvent | undefined {
  const { limits, nowMs } = options;
  const said = readHeaders(rawHeaders);
  if (said === undefined) return undefined;
  const [specversion, source, eventId, type, time, contentType] = said;
  if (specversion !== '1.0' || contentType !== 'application/json') return undefined;
  if (!isPlain(source) || !isPlain(eventId) || !isPlain(type)) return undefined;
  if (type.startsWith(OWN_TYPE_PREFIX) && type !== TRANSACTION_TYPE) return undefined;
  if (time !== undefined && (!isPlain(time) || parseRfc3339(time) === undefined)) return undefined;
  const id = transactionId(source, eventId);
  if (id.length > limits.maxIdBytes) return undefined;
  const fields = readData(body);
  if (fields === undefined) return undefined;
  const { maxFutureMs } = limits;
  if (maxFutureMs !== 0 && fields.eventTimeMs > nowMs + maxFutureMs) return undefined;
  const { origin, target, currency, eventTimeMs, amountMinor } = fields;
  const place = recordPlace(said[PARTITION], said[OFFSET]);
  return { transaction: { id, origin, target, currency, eventTimeMs, amountMinor }, place };
}

const NAMES = ['specversion', 'source', 'id', 'type', 'time'];
const CONTENT_TYPE = NAMES.length;
const PARTITION = CONTENT_TYPE + 1;
const OFFSET = PARTITION + 1;

/** Where the value of a header goes, by its name in lower case and as Go's proxies write it. */
const PLACES = new Map<string, number>();
for (const [i, name] of [
  ...NAMES.map((attribute) => `ce-${attribute}`),
  ...['content-type', 'ce-knativekafkapartition', 'ce-knativekafkaoffset'],
].entries()) {
  PLACES.set(name, i);
  PLACES.set(capitalised(name), i);
}

/** Extensions that change nothing of what is read here. */
const SKIPPED = new Set<string>();
for (const name of ['ce-subject', 'ce-partitionkey', 'ce-key', 'ce-dataschema']) {
  SKIPPED.add(name);
  SKIPPED.add(capitalised(name));
}
/** Headers that ask for another answer, or say that the body is another. */
const ASKING = new Set(['accept', 'content-encoding', REBUILD_HEADER]);

function capitalised(name: string): string {
  return name.replace(/(^|-)[a-z]/g, (start) => start.toUpperCase());
}

/** Of a name that is not one of {@link PLACES} as it stands. */
function mayMatter(name: string): boolean {
  if (SKIPPED.has(name)) return false;
  const lower = name.toLowerCase();
  return lower.startsWith('ce-') || PLACES.has(lower) || ASKING.has(lower);
}

/** Undefined where there is a header that may matter and is not read here, or one of ours twice. */
function readHeaders(rawHeaders: readonly string[]): (string | undefined)[] | undefined {
  const said: (string | undefined)[] = [
    ...[undefined, undefined, undefined, undefined],
    ...[undefined, undefined, undefined, undefined],
  ];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string;
    const at = PLACES.get(name);
    if (at === undefined) {
      if (mayMatter(name)) return undefined;
      continue;
    }
    if (said[at] !== undefined) return undefined;
    said[at] = rawHeaders[i + 1];
  }
  return said;
}

// Printable ASCII without what header values are encoded with.
const PLAIN = /^[ !#$&-~]+$/;

function isPlain(text: string | undefined): text is string {
  return text !== undefined && PLAIN.test(text);
}

const TEXT = '"([ !#-\\[\\]-~]*)"';
const DATA = new RegExp(
  `^\\{"timestamp":${TEXT},"origin":${TEXT},"target":${TEXT},"amount":${TEXT}` +
    `(?:,"currency":${TEXT})?\\}$`,
);

/** Our own JSON, as W1 writes it: names in their order, text without escapes, no white space. */
function readData(body: Buffer): TransactionFields | undefined {
  const match = DATA.exec(body.toString('latin1'));
  if (match === null) return undefined;
  try {
    return fieldsOf(match[1], match[2], match[3], match[4], match[5]);
  } catch {
    return undefined;
  }
}
