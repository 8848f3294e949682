import { isUtf8 } from 'node:buffer';
import {
  OFFSET_EXTENSION,
  PARTITION_EXTENSION,
  type RecordPlace,
  recordPlace,
} from '../journal/record-place.ts';
import { type EventHeaders, singleHeader } from './event-headers.ts';
import { decodeHeaderValue } from './header-value.ts';
import { isJsonObject, JsonNumber, type JsonObject, member, parseJson } from './json-text.ts';
import { mediaTypeOf } from './media-type.ts';
import { malformed, unreadable } from './refusals.ts';
import { parseRfc3339 } from './rfc3339-time.ts';

/**
 * A CloudEvent 1.0 as it was received, from binary or structured mode. The strict reading that the
 * SDK does not do (facts 6): nothing is made up, nothing is mended.
 */
export interface ReceivedEvent {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly data: EventData;
  /** Has the extension `probe` with the value `true`. */
  readonly isMarkedProbe: boolean;
  /** Where KafkaSource read it, as its extensions say. */
  readonly place: RecordPlace | undefined;
}

/** Data as JSON (a value), or as text that is not JSON, or that nobody said is either (`sniff`). */
export type EventData =
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'text'; readonly text: string };

export const STRUCTURED_MEDIA_TYPE = 'application/cloudevents+json';
export const BATCH_MEDIA_TYPE = 'application/cloudevents-batch+json';

const PARTITION_HEADER = `ce-${PARTITION_EXTENSION}`;
const OFFSET_HEADER = `ce-${OFFSET_EXTENSION}`;
const ATTRIBUTE_NAME = /^[a-z0-9]+$/;
/** Names that nearly all events have, and nothing is to be looked up about. */
const USUAL_NAMES: ReadonlySet<string> = new Set([
  ...['specversion', 'id', 'source', 'type', 'time', 'subject', 'datacontenttype', 'data'],
  ...['partitionkey', 'key', PARTITION_EXTENSION, OFFSET_EXTENSION],
]);
// The spec's String type: no control characters, no lone surrogates, no noncharacters.
const ATTRIBUTE_TEXT = /^[^\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}]+$/u;
const PRINTABLE_ASCII = /^[\x20-\x7e]+$/; // Says the same of nearly all texts, much faster.

/** True when any header says that this is a CloudEvent in binary mode, whole or not. */
export function hasEventHeaders(headers: EventHeaders): boolean {
  for (const name in headers) if (name.startsWith('ce-')) return true;
  return false;
}

/**
 * Reads binary mode: attributes in `ce-` headers, data in the body.
 * @throws AppError `malformed` or `mediatype`.
 */
export function readBinaryEvent(
  headers: EventHeaders,
  body: Buffer,
  maxJsonDepth: number,
): ReceivedEvent {
  const attributes: Record<string, unknown> = {};
  for (const name of ['specversion', 'id', 'source', 'type', 'time']) {
    const text = singleHeader(headers, `ce-${name}`);
    if (text === undefined) continue;
    attributes[name] = decodeHeaderValue(text);
    if (attributes[name] === undefined) {
      throw malformed(`ce-${name}`, 'printable ASCII, all else percent-encoded as UTF-8');
    }
  }
  for (const name in headers) {
    if (name.startsWith('ce-') && !ATTRIBUTE_NAME.test(name.slice(3))) {
      throw malformed('ce-', 'attribute names of a-z and 0-9');
    }
  }
  const named = checkAttributes(attributes, 'ce-');
  const data = readBody(singleHeader(headers, 'content-type'), body, maxJsonDepth);
  const isMarkedProbe = singleHeader(headers, 'ce-probe') === 'true';
  return { ...named, data, isMarkedProbe, place: placeInHeaders(headers) };
}

/**
 * Where KafkaSource read what it posts in binary mode, whether or not the event can be read. Never
 * throws: headers that were sent twice name no place.
 */
export function placeInHeaders(headers: EventHeaders): RecordPlace | undefined {
  return recordPlace(headers[PARTITION_HEADER], headers[OFFSET_HEADER]);
}

/** The same of an item of a batch. */
export function placeInItem(item: JsonObject): RecordPlace | undefined {
  const [partition, offset] = [PARTITION_EXTENSION, OFFSET_EXTENSION].map((name) => {
    const value = member(item, name);
    return value instanceof JsonNumber ? value.text : value;
  });
  return recordPlace(partition, offset);
}

/**
 * Reads one event of structured or batch mode, from its JSON value.
 * @throws AppError `malformed` or `mediatype`.
 */
export function readStructuredEvent(value: unknown, maxJsonDepth: number): ReceivedEvent {
  if (!isJsonObject(value)) throw malformed('event', 'a JSON object');
  for (const name in value) {
    if (typeof value[name] === 'string' && USUAL_NAMES.has(name)) continue;
    if (name === 'data' || name === 'data_base64') continue;
    if (!ATTRIBUTE_NAME.test(name)) throw malformed('event', 'attribute names of a-z and 0-9');
    // The spec has no structured attributes: an object here is data in the wrong place.
    if (isStructured(value[name])) throw malformed(name, 'a string, a number or a boolean');
  }
  const named = checkAttributes(value, '');
  const probe = member(value, 'probe');
  const isMarkedProbe = probe === 'true' || probe === true;
  const data = structuredData(value, maxJsonDepth);
  return { ...named, data, isMarkedProbe, place: placeInItem(value) };
}

function isStructured(value: unknown): boolean {
  return Array.isArray(value) || isJsonObject(value);
}

function checkAttributes(
  attributes: JsonObject,
  prefix: string,
): Pick<ReceivedEvent, 'id' | 'source' | 'type'> {
  if (member(attributes, 'specversion') !== '1.0') throw malformed(`${prefix}specversion`, '"1.0"');
  const time = member(attributes, 'time') ?? undefined;
  if (time !== undefined && (typeof time !== 'string' || parseRfc3339(time) === undefined)) {
    throw malformed(`${prefix}time`, 'an RFC 3339 time');
  }
  const text = (name: string): string => {
    const value = member(attributes, name);
    if (typeof value === 'string' && isAttributeText(value)) return value;
    throw malformed(`${prefix}${name}`, 'a non-empty string without control characters');
  };
  return { id: text('id'), source: text('source'), type: text('type') };
}

/** True for what an attribute of a CloudEvent may say: no control, half or no character. */
export function isAttributeText(text: string): boolean {
  return PRINTABLE_ASCII.test(text) || ATTRIBUTE_TEXT.test(text);
}

function structuredData(event: JsonObject, maxJsonDepth: number): EventData {
  const contentType = member(event, 'datacontenttype') ?? undefined;
  if (contentType !== undefined && typeof contentType !== 'string') {
    throw malformed('datacontenttype', 'a string');
  }
  const data = member(event, 'data') ?? undefined;
  const base64 = member(event, 'data_base64') ?? undefined;
  if ((data === undefined) === (base64 === undefined)) {
    throw malformed('data', 'either data or data_base64');
  }
  if (base64 !== undefined) return readBody(contentType, fromBase64(base64), maxJsonDepth);
  const form = contentType === undefined ? 'sniff' : formOf(contentType);
  if (form === 'json') return { kind: 'json', value: data };
  if (typeof data === 'string') return readText(form, data, maxJsonDepth);
  if (form === 'sniff') return { kind: 'json', value: data };
  throw malformed('data', 'a string, as datacontenttype says');
}

function fromBase64(value: unknown): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'base64') : undefined;
  if (bytes === undefined || bytes.toString('base64') !== value) {
    throw malformed('data_base64', 'base64 with padding');
  }
  return bytes;
}

/**
 * The text of a body as JSON or plain text, as its content type says. A missing content type is
 * what KafkaSource sends for a plain record (facts 1); then `{` at the start means JSON.
 * @throws AppError `malformed` or `mediatype`.
 */
export function readBody(
  contentType: string | undefined,
  body: Buffer,
  maxJsonDepth: number,
): EventData {
  const form = contentType === undefined ? 'sniff' : formOf(contentType);
  return readText(form, decodeUtf8(body, 'body'), maxJsonDepth);
}

/** The text of bytes, a byte order mark at the start taken off (RFC 8259, 8.1 allows it). */
export function decodeUtf8(bytes: Buffer, field: string): string {
  if (bytes.length === 0) throw malformed(field, 'a transaction, found nothing');
  if (!isUtf8(bytes)) throw malformed(field, 'UTF-8');
  const text = bytes.toString('utf8');
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

type Form = 'json' | 'text' | 'sniff';

function formOf(contentType: string): Form {
  const mediaType = mediaTypeOf(contentType);
  if (mediaType === 'application/json') return 'json';
  if (mediaType === 'text/plain') return 'text';
  throw unreadable(`application/json, text/plain, ${STRUCTURED_MEDIA_TYPE} or ${BATCH_MEDIA_TYPE}`);
}

function readText(form: Form, text: string, maxJsonDepth: number): EventData {
  if (form === 'json' || (form === 'sniff' && /^[ \t\r\n]*\{/.test(text))) {
    return { kind: 'json', value: parseJson(text, 'body', maxJsonDepth) };
  }
  return { kind: 'text', text };
}
