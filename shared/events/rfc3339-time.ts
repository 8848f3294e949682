import { utcMs } from './utc-time.ts';

const RFC3339 =
  /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

/**
 * Epoch milliseconds of an RFC 3339 time (S4), or undefined where it is not one.
 *
 * Any offset, `-00:00` too, and `t` and `z` in lower case, as section 5.6 has it. Digits after the
 * millisecond are cut off, never rounded up. Refused: a time without an offset, a space in place of
 * `T`, a day that its month does not have, 24:00, and second 60. A leap second has no number in
 * epoch time, so taking one would be guessing; none has been put in since 2016.
 */
export function parseRfc3339(text: string): number | undefined {
  const match = RFC3339.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction, sign, offHour, offMinute] = match;
  const localMs = utcMs({
    year: Number(year),
    month: Number(month),
    day: Number(day),
    hour: Number(hour),
    minute: Number(minute),
    second: Number(second),
  });
  if (localMs === undefined) return undefined;
  const ms = fraction === undefined ? 0 : Number(fraction.slice(0, 3).padEnd(3, '0'));
  if (sign === undefined) return localMs + ms;
  if (Number(offHour) > 23 || Number(offMinute) > 59) return undefined;
  const offsetMs = (Number(offHour) * 60 + Number(offMinute)) * 60_000;
  return localMs + ms + (sign === '+' ? -offsetMs : offsetMs);
}
