import type { Random } from '../../functions/generate/core/random.ts';
import { type FuzzRequest, type Mutation, pick, withBody } from './fuzz-request.ts';
import { BYTES, HEADER_NAMES, HEADER_VALUES, JSON_MEMBERS, JSON_VALUES } from './hostile-values.ts';

/** Of bytes: they know nothing of what they break. */
const ofBytes: readonly Mutation[] = [
  function flipBit(request, random) {
    if (request.body.length === 0) return request;
    const body = Buffer.from(request.body);
    const at = random.below(body.length);
    body[at] = (body[at] as number) ^ (1 << random.below(8));
    return withBody(request, body);
  },
  function insertBytes(request, random) {
    const [before, , after] = cut(request.body, random, 0);
    return withBody(request, Buffer.concat([before, Buffer.from(pick(BYTES, random)), after]));
  },
  function replaceBytes(request, random) {
    const [before, , after] = cut(request.body, random, 4);
    return withBody(request, Buffer.concat([before, Buffer.from(pick(BYTES, random)), after]));
  },
  function dropBytes(request, random) {
    const [before, , after] = cut(request.body, random, 16);
    return withBody(request, Buffer.concat([before, after]));
  },
  function repeatBytes(request, random) {
    const [before, middle, after] = cut(request.body, random, 40);
    return withBody(request, Buffer.concat([before, middle, middle, after]));
  },
  function truncate(request, random) {
    return withBody(request, request.body.subarray(0, random.below(request.body.length + 1)));
  },
];

/** Of JSON: what comes out is mostly JSON again, with other values in it. */
const ofJson: readonly Mutation[] = [
  function replaceValue(request, random) {
    return replaceOne(request, random, MEMBER_VALUE, (found, name) => {
      const value = pick(JSON_VALUES, random);
      return name === undefined ? found : `${name}${value}`;
    });
  },
  function addMember(request, random) {
    return replaceOne(request, random, /\{(?=\s*")|(?<=["\d\]}])\s*\}/g, (found) => {
      const member = pick(JSON_MEMBERS, random);
      return found.startsWith('{') ? `{${member},` : `,${member}}`;
    });
  },
  function dropMember(request, random) {
    return replaceOne(request, random, /"\w+":(?:"[^"]*"|[\d.]+),/g, () => '');
  },
  function escapeCharacter(request, random) {
    return replaceOne(request, random, /[\w/.-]/g, (found) => {
      return `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`;
    });
  },
  function changeNumber(request, random) {
    const zeros = '0'.repeat(random.below(18));
    const numbers = ['9'.repeat(17), `1${zeros}`, '1e5', `${random.uint32()}`, '00', '٣', ''];
    return replaceOne(request, random, /\d+/g, () => pick(numbers, random));
  },
  function wrap(request, random) {
    const text = request.body.toString();
    const depth = random.between(1, 20);
    const wrapped = [
      ...[`[${text}]`, `{"data":${text}}`, JSON.stringify(text), `${'['.repeat(depth)}${text}`],
      `${'{"a":'.repeat(depth)}${text}${'}'.repeat(depth)}`,
      `${'['.repeat(depth)}${text}${']'.repeat(depth)}`,
      `[${`${text},`.repeat(depth)}${text}]`,
    ];
    return withBody(request, pick(wrapped, random));
  },
  function manyItems(request, random) {
    if (!request.body.toString('latin1', 0, 1).startsWith('[')) return request;
    const item = pick(['{}', 'null', '[]', '{"id":1}', '"a"'], random);
    const count = random.chance(0.1) ? random.between(999, 1001) : random.between(1, 9);
    return withBody(request, `[${Array.from({ length: count }, () => item).join(',')}]`);
  },
];

const MEMBER_VALUE = /("\w+"\s*:\s*)(?:"(?:[^"\\]|\\.)*"|[^,{}[\]"]+)/g;

const ofLines: readonly Mutation[] = [
  function replaceField(request, random) {
    if (!/^[^{["]*;/.test(request.body.toString())) return request;
    const fields = request.body.toString().split(';');
    const text = pick(JSON_VALUES, random).replace(/^"|"$/g, '');
    fields[random.below(fields.length)] = random.chance(0.5) ? text : unescaped(text);
    return withBody(request, fields.join(';'));
  },
];

const ofHeaders: readonly Mutation[] = [
  function dropHeader({ headers, body }, random) {
    const at = random.below(headers.length + 1);
    return { headers: headers.filter((_, i) => i !== at), body };
  },
  function repeatHeader({ headers, body }, random) {
    if (headers.length === 0) return { headers, body };
    const [name, value] = pick(headers, random);
    const other = random.chance(0.5) ? value : pick(HEADER_VALUES, random);
    return { headers: [...headers, [name, other]], body };
  },
  function changeCase({ headers, body }, random) {
    const shout = random.chance(0.5);
    const renamed = headers.map(([name, value]) => [turned(name, shout), value] as const);
    return { headers: renamed, body };
  },
  function changeHeader({ headers, body }, random) {
    const at = random.below(headers.length + 1);
    const value = pick(HEADER_VALUES, random);
    return {
      headers: headers.map(([name, old], i) => [name, i === at ? value : old] as const),
      body,
    };
  },
  function encodeHeader({ headers, body }, random) {
    const at = random.below(headers.length + 1);
    const encode = (text: string): string => {
      const i = random.below(text.length + 1);
      const hex = text.charCodeAt(i).toString(16).padStart(2, '0');
      return i === text.length ? `${text}%` : `${text.slice(0, i)}%${hex}${text.slice(i + 1)}`;
    };
    return { headers: headers.map(([n, v], i) => [n, i === at ? encode(v) : v] as const), body };
  },
  function addHeader({ headers, body }, random) {
    return {
      headers: [...headers, [pick(HEADER_NAMES, random), pick(HEADER_VALUES, random)]],
      body,
    };
  },
  function shuffleHeaders({ headers, body }, random) {
    const at = random.below(headers.length + 1);
    return { headers: [...headers.slice(at), ...headers.slice(0, at)], body };
  },
];

const KINDS = [ofBytes, ofJson, ofJson, ofLines, ofHeaders] as const;

/** An example changed in one to four places, some of them with parts of another example. */
export function mutate(
  example: FuzzRequest,
  others: readonly FuzzRequest[],
  random: Random,
): FuzzRequest {
  let request = random.chance(0.1) ? spliced(example, pick(others, random), random) : example;
  for (let left = random.between(1, 4); left > 0; left--) {
    const mutation = pick(pick(KINDS, random), random);
    request = mutation(request, random);
    if (random.chance(0.4)) break;
  }
  return request;
}

/** The head of one body with the tail of another, or one's headers over the other's body. */
function spliced(a: FuzzRequest, b: FuzzRequest, random: Random): FuzzRequest {
  if (random.chance(0.5)) return { headers: a.headers, body: b.body };
  const head = a.body.subarray(0, random.below(a.body.length + 1));
  return withBody(a, Buffer.concat([head, b.body.subarray(random.below(b.body.length + 1))]));
}

/** A body in three parts, the middle at most so long. */
function cut(body: Buffer, random: Random, mostBytes: number): [Buffer, Buffer, Buffer] {
  const start = random.below(body.length + 1);
  const end = start + random.below(mostBytes + 1);
  return [body.subarray(0, start), body.subarray(start, end), body.subarray(end)];
}

/** Replaces one of the places that the pattern finds; whatever else, when there is none. */
function replaceOne(
  request: FuzzRequest,
  random: Random,
  pattern: RegExp,
  replacement: (found: string, name?: string) => string,
): FuzzRequest {
  const text = request.body.toString();
  const places = [...text.matchAll(pattern)];
  if (places.length === 0) return request;
  const { index, 0: found, 1: name } = pick(places, random);
  const changed = replacement(found, name);
  return withBody(request, text.slice(0, index) + changed + text.slice(index + found.length));
}

function unescaped(text: string): string {
  return text.replace(/\\u([0-9a-f]{4})/g, (_, hex) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

function turned(name: string, isLoud: boolean): string {
  return isLoud ? name.toUpperCase() : name.replace(/(^|-)[a-z]/g, (start) => start.toUpperCase());
}
