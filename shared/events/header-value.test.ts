import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeHeaderValue, encodeHeaderValue } from './header-value.ts';

test.each([
  ['plain', 'plain'],
  ['a b', 'a%20b'],
  ['50%', '50%25'],
  ['say "hi"', 'say%20%22hi%22'],
  ['Euro € 😀', 'Euro%20%E2%82%AC%20%F0%9F%98%80'],
  ['a\r\nce-id: x', 'a%0D%0Ace-id:%20x'],
])('encodes %j as %s (HTTP binding 3.1.3.2)', (value, header) => {
  expect(encodeHeaderValue(value)).toBe(header);
  expect(decodeHeaderValue(header)).toBe(value);
});

test.each([
  ['unneeded encoding', '%61%62', 'ab'],
  ['lower-case digits', '%e2%82%ac', '€'],
  ['one round only', '%2541', '%41'],
  ['a quoted string', '"a b"', 'a b'],
  ['escapes in a quoted string', '"a \\"b\\" \\\\c"', 'a "b" \\c'],
  ['encoding in a quoted string', '"%61"', 'a'],
  ['a percent sign that encodes nothing, as KafkaSource sends it', '50%', '50%'],
  ['the same before other letters', '5%xyz', '5%xyz'],
  ['a raw space, as SDKs send it', 'a b', 'a b'],
])('decodes %s (HTTP binding 3.1.3.2)', (_, header, value) => {
  expect(decodeHeaderValue(header)).toBe(value);
});

test.each([
  ['an overlong form', '%C0%A0'],
  ['half a character', '%E2%82'],
  ['an encoded surrogate', '%ED%A0%80'],
  ['a raw character that is not ASCII', 'caf\u00e9'],
  ['a quoted string that does not end', '"abc'],
  ['a quoted string that ends early', '"a"b"'],
  ['a quoted string whose end is escaped', '"abc\\"'],
])('refuses %s (HTTP binding 3.1.3.2)', (_, header) => {
  expect(decodeHeaderValue(header)).toBeUndefined();
});

test('gives back every text that it encoded, in printable ASCII', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (value) => {
      const header = encodeHeaderValue(value);
      expect(header).toMatch(/^[\x21-\x7e]*$/);
      expect(decodeHeaderValue(header)).toBe(value);
    }),
  );
});
