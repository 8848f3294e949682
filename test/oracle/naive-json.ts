/**
 * JSON read by hand, character by character, after RFC 8259 and nothing else: what the product
 * reads with JSON.parse is compared with it. Objects are maps, so no name means anything; numbers
 * keep their text; a name that is repeated and nesting over `maxDepth` are refused.
 */
export type Naive = string | boolean | null | NaiveNumber | Naive[] | NaiveObject;
export type NaiveObject = Map<string, Naive>;
export interface NaiveNumber {
  readonly number: string;
}

export class Refused extends Error {}

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const ESCAPES: Readonly<Record<string, string>> = {
  ...{ '"': '"', '\\': '\\', '/': '/' },
  ...{ b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' },
};

export function naiveJson(text: string, maxDepth: number): Naive {
  let at = 0;
  const refuse = (what: string): never => {
    throw new Refused(`JSON at ${at}: ${what}`);
  };
  const space = (): void => {
    while (' \t\r\n'.includes(text.charAt(at)) && at < text.length) at += 1;
  };
  const take = (wanted: string): boolean => {
    if (!text.startsWith(wanted, at)) return false;
    at += wanted.length;
    return true;
  };

  const string = (): string => {
    let read = '';
    for (;;) {
      const character = text.charAt(at++);
      if (character === '"') return read;
      if (character === '' || character < ' ') refuse('a string does not end');
      if (character !== '\\') {
        read += character;
        continue;
      }
      const code = text.charAt(at++);
      if (code === 'u') {
        const hex = text.slice(at, at + 4);
        if (!/^[0-9a-fA-F]{4}$/.test(hex)) refuse('four hexadecimal digits');
        read += String.fromCharCode(Number.parseInt(hex, 16));
        at += 4;
      } else {
        read += ESCAPES[code] ?? refuse('an escape');
      }
    }
  };

  const members = (depth: number): NaiveObject => {
    const object: NaiveObject = new Map();
    space();
    if (take('}')) return object;
    for (;;) {
      space();
      if (!take('"')) refuse('a name');
      const name = string();
      if (object.has(name)) refuse('a name again');
      space();
      if (!take(':')) refuse('a colon');
      object.set(name, value(depth));
      space();
      if (take('}')) return object;
      if (!take(',')) refuse('a comma');
    }
  };

  const items = (depth: number): Naive[] => {
    const array: Naive[] = [];
    space();
    if (take(']')) return array;
    for (;;) {
      array.push(value(depth));
      space();
      if (take(']')) return array;
      if (!take(',')) refuse('a comma');
    }
  };

  const value = (depth: number): Naive => {
    space();
    if (take('"')) return string();
    if (take('true')) return true;
    if (take('false')) return false;
    if (take('null')) return null;
    if (text.charAt(at) === '{' || text.charAt(at) === '[') {
      if (depth >= maxDepth) refuse('too deep');
      return text.charAt(at++) === '{' ? members(depth + 1) : items(depth + 1);
    }
    NUMBER.lastIndex = at;
    const number = NUMBER.exec(text)?.[0] ?? refuse('a value');
    at += number.length;
    return { number };
  };

  const all = value(0);
  space();
  if (at < text.length) refuse('something after it');
  return all;
}
