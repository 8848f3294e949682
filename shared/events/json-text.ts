import { malformed } from './refusals.ts';

/**
 * A JSON number as it was written. JSON.parse would make a float of it, and from there on 1e3 is
 * 1000 and 70368744177664.01 is 70368744177664.02: not the way to take money.
 */
export class JsonNumber {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type JsonObject = Readonly<Record<string, unknown>>;

/** True for an object in braces: no array, no null, no number. */
export function isJsonObject(value: unknown): value is JsonObject {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof JsonNumber)
  );
}

/** The member itself, never something inherited: `constructor` is undefined unless it was sent. */
export function member(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/**
 * The JSON value of a text, numbers as {@link JsonNumber}. A name that stands twice in one object
 * is refused, as I-JSON has it (RFC 7493, 2.3): readers differ in which of the two counts, and what
 * one of them has checked, another would score.
 * @throws AppError `malformed` when it is not JSON, is nested deeper than `maxDepth`, or repeats a
 * name in an object.
 */
export function parseJson(text: string, field: string, maxDepth: number): unknown {
  const { depth, hasNumber, names } = scan(text, maxDepth);
  if (depth > maxDepth) throw malformed(field, `JSON nested at most ${maxDepth} deep`);
  let value: unknown;
  try {
    value = hasNumber ? JSON.parse(text, keepNumber as Reviver) : JSON.parse(text);
  } catch (error) {
    throw malformed(field, 'JSON', error);
  }
  // Where a name was repeated, the objects hold fewer names than the text.
  if (countNames(value) !== names) throw repeatedName(text, field);
  return value;
}

type Reviver = (key: string, value: unknown) => unknown;

function keepNumber(_key: string, value: unknown, context: { source?: string }): unknown {
  return typeof value === 'number' ? new JsonNumber(context.source as string) : value;
}

interface Scanned {
  readonly depth: number;
  readonly hasNumber: boolean;
  readonly names: number;
}

/**
 * How deep the brackets outside strings go, whether there is a number, and how many names of
 * members there are, without building anything. Of a text that is not JSON it may say anything;
 * JSON.parse refuses that.
 */
function scan(text: string, maxDepth: number): Scanned {
  let depth = 0;
  let deepest = 0;
  let hasNumber = false;
  let names = 0;
  for (let i = 0; i < text.length && deepest <= maxDepth; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) {
      i = endOfString(text, i);
    } else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      depth += 1;
      if (depth > deepest) deepest = depth;
    } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) {
      depth -= 1;
    } else if (code === COLON) {
      names += 1;
    } else if (code >= ZERO && code <= NINE) {
      hasNumber = true;
    }
  }
  return { depth: deepest, hasNumber, names };
}

function countNames(value: unknown): number {
  if (typeof value !== 'object' || value === null || value instanceof JsonNumber) return 0;
  let count = 0;
  if (Array.isArray(value)) {
    for (const item of value) count += countNames(item);
    return count;
  }
  for (const name in value) count += 1 + countNames((value as JsonObject)[name]);
  return count;
}

function endOfString(text: string, start: number): number {
  let end = start;
  do {
    end = text.indexOf('"', end + 1);
    if (end < 0) return text.length;
  } while (isEscaped(text, end));
  return end;
}

function isEscaped(text: string, index: number): boolean {
  let backslashes = 0;
  while (text.charCodeAt(index - 1 - backslashes) === BACKSLASH) backslashes += 1;
  return backslashes % 2 === 1;
}

/** Refuses a text in which a name is repeated, and says which one where it is a plain one. */
function repeatedName(text: string, field: string): Error {
  const name = findRepeatedName(text) ?? '';
  return malformed(/^\w{1,64}$/.test(name) ? name : field, 'each name once in a JSON object');
}

function findRepeatedName(json: string): string | undefined {
  const open: Set<string>[] = [];
  for (const [token, name] of json.matchAll(/[{}]|("(?:[^"\\]|\\.)*")\s*:|"(?:[^"\\]|\\.)*"/g)) {
    if (token === '{') open.push(new Set());
    else if (token === '}') open.pop();
    else if (name !== undefined) {
      const read = JSON.parse(name) as string;
      if (open.at(-1)?.has(read)) return read;
      open.at(-1)?.add(read);
    }
  }
  return undefined;
}

const QUOTE = 0x22;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const ZERO = 0x30;
const NINE = 0x39;
