import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isJsonObject, JsonNumber, member, parseJson } from './json-text.ts';

const parse = (text: string, maxDepth = 16): unknown => parseJson(text, 'body', maxDepth);

test('keeps the digits of a number as they were written (S1)', () => {
  for (const digits of ['1e3', '70368744177664.01', '-0', '7810.10', '0.1']) {
    expect(parse(`{"amount":${digits}}`)).toEqual({ amount: new JsonNumber(digits) });
  }
});

test('reads what JSON.parse reads, numbers aside', () => {
  const withoutNumbers = (_: string, value: unknown) =>
    typeof value === 'number' ? String(value) : value;
  fc.assert(
    fc.property(fc.json({ maxDepth: 8 }), (text) => {
      const clean = JSON.stringify(JSON.parse(text, withoutNumbers));
      expect(parse(clean, 20)).toEqual(JSON.parse(clean));
    }),
  );
});

test.each([
  ['nested arrays', '['.repeat(17) + ']'.repeat(17)],
  ['nested objects', `${'{"a":'.repeat(17)}1${'}'.repeat(17)}`],
  ['a hundred thousand brackets', '['.repeat(100_000)],
])('refuses %s that are too deep (P)', (_, text) => {
  expect(() => parse(text)).toThrow('nested at most 16 deep');
});

test('counts no brackets and no digits inside strings (P)', () => {
  const text = JSON.stringify({ a: `${'['.repeat(99)}\\"{"`, b: '1' });
  expect(parse(text, 1)).toEqual(JSON.parse(text));
});

test.each([[''], ['{'], ["{'a':1}"], ['{"a":1,}'], ['NaN'], ['01'], ['"a'], ['{} {}']])(
  'refuses %j as malformed (H)',
  (text) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'malformed' }));
  },
);

test.each([
  ['{"amount":"1","amount":"2"}', 'amount'],
  ['{"amount":"1","\\u0061mount":"2"}', 'amount'],
  ['{"a":{"b":1,"b":1}}', 'b'],
  ['[{"c":"\\"","c" : []}]', 'c'],
  ['{"__proto__":1,"__proto__":2}', '__proto__'],
  ['{"a b":1,"a b":2}', 'body'],
])('refuses %s, in which a name is repeated (H)', (text, field) => {
  expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'malformed', field }));
});

test('takes a name again in another object, and colons in strings', () => {
  const text = '{"a":{"a":"x:\\"{\\"a\\":1"},"b":[{"a":":"},{"a":[]}],"":{}}';
  expect(parse(text)).toEqual(JSON.parse(text));
});

test('never gives an inherited member, and __proto__ changes nothing (P)', () => {
  const value = parse('{"__proto__":{"amount":"1"},"b":"2"}');
  expect(isJsonObject(value)).toBe(true);
  expect(member(value as object as Record<string, unknown>, 'amount')).toBeUndefined();
  expect(member(value as object as Record<string, unknown>, 'constructor')).toBeUndefined();
  expect(({} as Record<string, unknown>).amount).toBeUndefined();
});
