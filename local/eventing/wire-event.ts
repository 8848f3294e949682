import { decodeHeaderValue, encodeHeaderValue } from '#shared/events/header-value.ts';

/**
 * A CloudEvent as the eventing runtime carries it: attributes by lower-case name (all but
 * `datacontenttype`), content type, and the data as bytes that nobody here looks into. Both ways
 * between this and HTTP or Kafka are in this folder; what a transaction or a fraud is, is not.
 */
export interface WireEvent {
  readonly attributes: Readonly<Record<string, string>>;
  readonly contentType: string | undefined;
  readonly data: Buffer;
}

const ATTRIBUTE_NAME = /^[a-z0-9]{1,64}$/;
const REQUIRED = ['specversion', 'id', 'source', 'type'];
const SPEC_VERSIONS = ['1.0', '0.3'];

/** True when it has the four attributes that make a CloudEvent, and no attribute is misnamed. */
export function isCloudEvent(event: WireEvent): boolean {
  return (
    REQUIRED.every((name) => event.attributes[name]) &&
    SPEC_VERSIONS.includes(event.attributes.specversion as string) &&
    Object.keys(event.attributes).every((name) => ATTRIBUTE_NAME.test(name))
  );
}

/** The event with further extension attributes. */
export function withExtensions(
  event: WireEvent,
  extensions: Readonly<Record<string, string>>,
): WireEvent {
  return { ...event, attributes: { ...event.attributes, ...extensions } };
}

/** Headers and body of an HTTP request in binary mode (CloudEvents HTTP binding 3.1). */
export function toBinaryRequest(event: WireEvent): {
  headers: Record<string, string>;
  body: Buffer;
} {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(event.attributes)) {
    headers[`ce-${name}`] = encodeHeaderValue(value);
  }
  if (event.contentType !== undefined) {
    headers['content-type'] = event.contentType.replace(/[^\x20-\x7e]/g, '');
  }
  return { headers, body: event.data };
}

/** The event of an HTTP request, binary or structured; undefined when it holds none. */
export function fromRequest(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  body: Buffer,
): WireEvent | undefined {
  const contentType = text(headers['content-type']);
  if (isStructured(contentType)) return parseStructured(body);
  const attributes: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (!name.startsWith('ce-')) continue;
    const decoded = decodeHeaderValue(text(value) ?? '');
    if (decoded === undefined) return undefined;
    attributes[name.slice(3)] = decoded;
  }
  const event = { attributes, contentType, data: body };
  return isCloudEvent(event) ? event : undefined;
}

function text(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.at(-1) : value;
}

/** True for the content type of one CloudEvent in JSON, whatever its parameters and case. */
export function isStructured(contentType: string | undefined): boolean {
  return /^application\/cloudevents\+json\s*(;|$)/i.test(contentType ?? '');
}

/** The event that a JSON object holds (CloudEvents JSON format 3); undefined when it holds none. */
export function parseStructured(json: Buffer): WireEvent | undefined {
  return structuredEvent(parseJson(json));
}

/** The same of the object itself. */
export function structuredEvent(members: unknown): WireEvent | undefined {
  if (typeof members !== 'object' || members === null || Array.isArray(members)) return undefined;
  const { data, data_base64, datacontenttype, ...rest } = members as Record<string, unknown>;
  const attributes: Record<string, string> = {};
  for (const [name, value] of Object.entries(rest)) {
    if (value === null) continue;
    if (typeof value === 'object') return undefined;
    attributes[name] = String(value);
  }
  const contentType = typeof datacontenttype === 'string' ? datacontenttype : undefined;
  const event = {
    attributes,
    contentType: contentType ?? (data === undefined ? undefined : 'application/json'),
    data: dataBytes(data, data_base64, contentType),
  };
  return isCloudEvent(event) ? event : undefined;
}

function dataBytes(data: unknown, base64: unknown, contentType: string | undefined): Buffer {
  if (typeof base64 === 'string') return Buffer.from(base64, 'base64');
  if (data === undefined) return Buffer.alloc(0);
  const isText = typeof data === 'string' && contentType !== undefined && !isJson(contentType);
  return Buffer.from(isText ? (data as string) : JSON.stringify(data));
}

/** The event as one JSON object; data that is not JSON goes in base64. */
export function formatStructured(event: WireEvent): Buffer {
  const members: Record<string, unknown> = { ...event.attributes };
  if (event.contentType !== undefined) members.datacontenttype = event.contentType;
  if (event.data.length > 0) {
    const json = isJson(event.contentType ?? '') ? parseJson(event.data) : undefined;
    if (json === undefined) members.data_base64 = event.data.toString('base64');
    else members.data = json;
  }
  return Buffer.from(JSON.stringify(members));
}

/** True for a content type of JSON, whatever its parameters. */
export function isJson(contentType: string): boolean {
  return /^[^;]*[/+]json\s*(;|$)/i.test(contentType);
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
}
