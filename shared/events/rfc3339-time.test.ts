import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseRfc3339 } from './rfc3339-time.ts';

test.each([
  ['2026-11-22T10:00:00Z', '2026-11-22T10:00:00.000Z'],
  ['2026-11-22t10:00:00z', '2026-11-22T10:00:00.000Z'],
  ['2026-11-22T10:00:00.5Z', '2026-11-22T10:00:00.500Z'],
  ['2026-11-22T10:00:00.123456789Z', '2026-11-22T10:00:00.123Z'],
  ['2026-11-22T10:00:00.9999Z', '2026-11-22T10:00:00.999Z'],
  ['2026-11-22T10:00:00+02:00', '2026-11-22T08:00:00.000Z'],
  ['2026-11-22T10:00:00-05:30', '2026-11-22T15:30:00.000Z'],
  ['2026-11-22T10:00:00-00:00', '2026-11-22T10:00:00.000Z'],
  ['2026-01-01T00:30:00+01:00', '2025-12-31T23:30:00.000Z'],
  ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
  ['2000-02-29T00:00:00Z', '2000-02-29T00:00:00.000Z'],
  ['0017-07-23T01:06:47Z', '0017-07-23T01:06:47.000Z'],
])('reads %s (S4)', (text, iso) => {
  expect(new Date(parseRfc3339(text) ?? Number.NaN).toISOString()).toBe(iso);
});

test.each([
  ['a local time', '2026-11-22T10:00:00'],
  ['a date', '2026-11-22'],
  ['a space for T', '2026-11-22 10:00:00Z'],
  ['no seconds', '2026-11-22T10:00Z'],
  ['24:00', '2026-11-22T24:00:00Z'],
  ['minute 60', '2026-11-22T10:60:00Z'],
  ['a leap second', '2016-12-31T23:59:60Z'],
  ['month 13', '2026-13-01T00:00:00Z'],
  ['month 0', '2026-00-01T00:00:00Z'],
  ['day 0', '2026-11-00T00:00:00Z'],
  ['31 November', '2026-11-31T00:00:00Z'],
  ['29 February in a common year', '2026-02-29T00:00:00Z'],
  ['29 February 1900', '1900-02-29T00:00:00Z'],
  ['an empty fraction', '2026-11-22T10:00:00.Z'],
  ['a comma fraction', '2026-11-22T10:00:00,5Z'],
  ['offset 24:00', '2026-11-22T10:00:00+24:00'],
  ['offset minute 60', '2026-11-22T10:00:00+01:60'],
  ['an offset without colon', '2026-11-22T10:00:00+0100'],
  ['a five-digit year', '12026-11-22T10:00:00Z'],
  ['a space around it', ' 2026-11-22T10:00:00Z'],
  ['a line break after it', '2026-11-22T10:00:00Z\n'],
  ['other digits', '２０２６-11-22T10:00:00Z'],
  ['nothing', ''],
])('refuses %s (S4)', (_, text) => {
  expect(parseRfc3339(text)).toBeUndefined();
});

test('reads back every instant that toISOString writes (S4)', () => {
  const instants = fc.integer({ min: -62_167_219_200_000, max: 253_402_300_799_999 });
  fc.assert(
    fc.property(instants, (timeMs) => parseRfc3339(new Date(timeMs).toISOString()) === timeMs),
  );
});

test('agrees with Date.parse wherever both read a time (S4)', () => {
  const two = (max: number) => fc.integer({ min: 0, max }).map((n) => String(n).padStart(2, '0'));
  const texts = fc
    .tuple(two(13), two(32), two(24), two(60), two(60), two(24), two(60))
    .map(([mo, d, h, mi, s, oh, om]) => `2026-${mo}-${d}T${h}:${mi}:${s}+${oh}:${om}`);
  fc.assert(
    fc.property(texts, (text) => {
      const timeMs = parseRfc3339(text);
      return timeMs === undefined || timeMs === Date.parse(text);
    }),
  );
});
