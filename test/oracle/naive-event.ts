import { type Naive, type NaiveObject, naiveJson, Refused } from './naive-json.ts';
import { rfc3339Time } from './naive-values.ts';

/**
 * CloudEvents read a second time, as the naive reading of transactions and of fraud events needs
 * them: both modes after the specification's words, none of the product's code.
 */
export interface NaiveEvent {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly isMarked: boolean;
  /** An object, or the text of a line. */
  readonly data: Naive;
}

export type RawHeaders = readonly (readonly [name: string, value: string])[];

export function naiveStructured(event: Naive, maxDepth: number): NaiveEvent {
  if (!(event instanceof Map)) throw new Refused('an object');
  for (const [name, value] of event) {
    if (name === 'data' || name === 'data_base64') continue;
    if (!/^[a-z0-9]+$/.test(name)) throw new Refused('an attribute name');
    if (Array.isArray(value) || value instanceof Map) throw new Refused('a plain attribute');
  }
  const named = checkEvent((name) => event.get(name) ?? null);
  const isMarked = event.get('probe') === true || event.get('probe') === 'true';
  return { ...named, isMarked, data: structuredData(event, maxDepth) };
}

export function naiveBinary(headers: RawHeaders, body: Buffer, maxDepth: number): NaiveEvent {
  for (const [name] of headers) {
    if (/^ce-/i.test(name) && !/^ce-[a-z0-9]+$/i.test(name)) throw new Refused('attribute name');
  }
  const named = checkEvent((name) => {
    const value = only(headers, `ce-${name}`);
    return value === undefined ? null : percentDecoded(value);
  });
  const isMarked = only(headers, 'ce-probe') === 'true';
  return { ...named, isMarked, data: naiveData(mediaTypeOf(headers), textOf(body), maxDepth) };
}

function checkEvent(
  attribute: (name: string) => Naive,
): Pick<NaiveEvent, 'id' | 'source' | 'type'> {
  if (attribute('specversion') !== '1.0') throw new Refused('specversion');
  const time = attribute('time');
  if (time !== null) rfc3339Time(typeof time === 'string' ? time : refuse('a time'));
  const [id = '', source = '', type = ''] = ['id', 'source', 'type'].map((name) => {
    const value = attribute(name);
    return typeof value === 'string' && isText(value) && !hasNoncharacter(value)
      ? value
      : refuse(name);
  });
  return { id, source, type };
}

function structuredData(event: NaiveObject, maxDepth: number): Naive {
  const data = event.get('data') ?? null;
  const base64 = event.get('data_base64') ?? null;
  const type = event.get('datacontenttype') ?? null;
  if ((data === null) === (base64 === null)) throw new Refused('data once');
  if (type !== null && typeof type !== 'string') throw new Refused('a content type');
  const mediaType = type === null ? 'none' : naiveMediaType(type);
  if (base64 !== null) {
    const isBase64 =
      typeof base64 === 'string' &&
      /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(base64);
    if (!isBase64 || btoa(atob(base64)) !== base64) throw new Refused('base64');
    return naiveData(mediaType, textOf(Buffer.from(atob(base64), 'latin1')), maxDepth);
  }
  if (mediaType === 'none' && typeof data !== 'string') return data;
  if (mediaType === 'application/json') return data instanceof Map ? data : refuse('an object');
  return naiveData(mediaType, typeof data === 'string' ? data : refuse('a text'), maxDepth);
}

/** JSON as its value, which must be an object; a line as text. */
export function naiveData(mediaType: string, text: string, maxDepth: number): Naive {
  const isJson = mediaType === 'application/json';
  if (isJson || (mediaType === 'none' && /^[ \t\r\n]*\{/.test(text))) {
    const value = naiveJson(text, maxDepth);
    return value instanceof Map ? value : refuse('an object');
  }
  if (mediaType === 'none' || mediaType === 'text/plain') return text;
  throw new Refused('a media type that is read');
}

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const PARAMETER = `;[ \\t]*(?:(${TOKEN})=(${TOKEN}|"(?:[^"\\\\]|\\\\.)*"))?[ \\t]*`;

/** `none` where the header is not sent. */
export function mediaTypeOf(headers: RawHeaders): string {
  const contentType = only(headers, 'content-type');
  return contentType === undefined ? 'none' : naiveMediaType(contentType);
}

/** Type and subtype in lower case; any charset but UTF-8 is refused (RFC 9110, 8.3). */
function naiveMediaType(header: string): string {
  const form = new RegExp(`^(${TOKEN}/${TOKEN})[ \\t]*((?:${PARAMETER})*)$`);
  const [, type = '', parameters = ''] = form.exec(header) ?? refuse('a media type');
  for (const [, name = '', value = ''] of parameters.matchAll(new RegExp(PARAMETER, 'g'))) {
    const isOther = !['utf-8', '"utf-8"'].includes(value.toLowerCase());
    if (name.toLowerCase() === 'charset' && isOther) throw new Refused('a charset');
  }
  return type.toLowerCase();
}

/** Quotes off, then each %XX a byte, the whole UTF-8 (HTTP binding, 3.1.3.2). */
function percentDecoded(value: string): string {
  let text = value;
  if (text.startsWith('"')) {
    if (!/^"(?:[^"\\]|\\.)*"$/.test(text)) throw new Refused('a closed quote');
    text = text.slice(1, -1).replace(/\\(.)/g, '$1');
  }
  const bytes: number[] = [];
  for (let i = 0; i < text.length; i++) {
    const hex = text.slice(i + 1, i + 3);
    if (text[i] === '%' && /^[0-9a-f]{2}$/i.test(hex)) {
      bytes.push(Number.parseInt(hex, 16));
      i += 2;
    } else if (text[i] !== undefined && text.charCodeAt(i) >= 32 && text.charCodeAt(i) < 127) {
      bytes.push(text.charCodeAt(i));
    } else throw new Refused('printable ASCII');
  }
  return decoded(Buffer.from(bytes), true);
}

export function textOf(body: Buffer): string {
  if (body.length === 0) throw new Refused('something');
  return decoded(body, false);
}

/** UTF-8 or nothing; of a body, one byte order mark at its start is taken off. */
function decoded(bytes: Buffer, ignoreBOM: boolean): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM }).decode(bytes);
  } catch {
    throw new Refused('UTF-8');
  }
}

export function only(headers: RawHeaders, name: string): string | undefined {
  const values = headers.filter(([candidate]) => candidate.toLowerCase() === name);
  if (values.length > 1) throw new Refused(`${name} once`);
  return values[0]?.[1];
}

/** Not empty, no control character, no half of one. */
export function isText(text: string): boolean {
  return text !== '' && text.isWellFormed() && ![...text].some((one) => /\p{Cc}/u.test(one));
}

export function hasNoncharacter(text: string): boolean {
  return [...text].some((one) => {
    const code = one.codePointAt(0) ?? 0;
    return (code & 0xfffe) === 0xfffe || (code >= 0xfdd0 && code <= 0xfdef);
  });
}

export function refuse(what: string): never {
  throw new Refused(what);
}
