import fc from 'fast-check';
import { expect, it } from 'vitest';
import { printable, printableJson } from './printable.ts';

it.each([
  ['an escape', '\u001b[2J', '\\u{1b}[2J'],
  ['a line feed', 'a\nb', 'a\\u{a}b'],
  ['what turns text around', '\u202eabc', '\\u{202e}abc'],
  ['a line separator', 'a\u2028b', 'a\\u{2028}b'],
  ['half a character', '\ud800', '\\u{d800}'],
  ['a backslash', '\\u{1b}', '\\\\u{1b}'],
])('shows %s for what it is (P)', (_what, text, shown) => {
  expect(printable(text)).toBe(shown);
});

it('leaves alone what people write', () => {
  expect(printable('Zoë → 66 💶')).toBe('Zoë → 66 💶');
});

it('gives a terminal nothing to obey, and JSON that says the same (P)', () => {
  const unit = fc.nat(0x10ffff).map((point) => String.fromCodePoint(point));
  const text = fc.string({ unit });
  fc.assert(
    fc.property(text, text, (one, other) => {
      expect(printable(one)).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
      expect(printable(one) === printable(other)).toBe(one === other);
      const json = printableJson({ one, other });
      expect(json).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
      expect(JSON.parse(json)).toEqual({ one, other });
    }),
  );
});
