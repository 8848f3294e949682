import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseRfc850 } from './rfc850-time.ts';

test.each([
  ['Sunday, 23-Jul-17 01:06:47 UTC', '2017-07-23T01:06:47.000Z'],
  ['Sunday, 23-Jul-17 01:06:47 GMT', '2017-07-23T01:06:47.000Z'],
  ['Saturday, 01-Jan-00 00:00:00 UTC', '2000-01-01T00:00:00.000Z'],
  ['Thursday, 31-Dec-99 23:59:59 UTC', '2099-12-31T23:59:59.000Z'],
  ['Thursday, 29-Feb-24 00:00:00 UTC', '2024-02-29T00:00:00.000Z'],
])('reads %s with the year 2000 + yy (S4)', (text, iso) => {
  expect(new Date(parseRfc850(text) ?? Number.NaN).toISOString()).toBe(iso);
});

test.each([
  ['a weekday that is not that of the date', 'Monday, 23-Jul-17 01:06:47 UTC'],
  ['a day of the century before', 'Friday, 31-Dec-99 23:59:59 UTC'],
  ['a weekday that is none', 'Someday, 23-Jul-17 01:06:47 UTC'],
  ['a short weekday', 'Sun, 23-Jul-17 01:06:47 UTC'],
  ['a weekday in lower case', 'sunday, 23-Jul-17 01:06:47 UTC'],
  ['a month that is none', 'Sunday, 23-Jux-17 01:06:47 UTC'],
  ['a month in upper case', 'Sunday, 23-JUL-17 01:06:47 UTC'],
  ['a four-digit year', 'Sunday, 23-Jul-2017 01:06:47 UTC'],
  ['a one-digit day', 'Sunday, 2-Jul-17 01:06:47 UTC'],
  ['31 June', 'Sunday, 31-Jun-17 01:06:47 UTC'],
  ['29 February in a common year', 'Sunday, 29-Feb-17 01:06:47 UTC'],
  ['24:00', 'Sunday, 23-Jul-17 24:00:00 UTC'],
  ['second 60', 'Sunday, 23-Jul-17 01:06:60 UTC'],
  ['another zone', 'Sunday, 23-Jul-17 01:06:47 CET'],
  ['no zone', 'Sunday, 23-Jul-17 01:06:47'],
  ['RFC 1123', 'Sun, 23 Jul 2017 01:06:47 GMT'],
  ['a space after it', 'Sunday, 23-Jul-17 01:06:47 UTC '],
  ['nothing', ''],
])('refuses %s (S4)', (_, text) => {
  expect(parseRfc850(text)).toBeUndefined();
});

test('reads back every second of the century (S4)', () => {
  const seconds = fc.integer({ min: 946_684_800, max: 4_102_444_799 });
  fc.assert(
    fc.property(seconds, (second) => {
      const [weekday, day, month, year, time] = new Date(second * 1000).toUTCString().split(' ');
      const long = { Sun: '', Mon: '', Tue: 's', Wed: 'nes', Thu: 'rs', Fri: '', Sat: 'ur' };
      const name = (weekday as string).slice(0, 3) as keyof typeof long;
      const text = `${name}${long[name]}day, ${day}-${month}-${year?.slice(2)} ${time} UTC`;
      return parseRfc850(text) === second * 1000;
    }),
  );
});
