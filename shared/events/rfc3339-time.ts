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
  return usualTime(text) ?? anyTime(text);
}

/** The form in which computers write it: UTC, to the second or the millisecond. */
function usualTime(text: string): number | undefined {
  const { length } = text;
  if ((length !== 24 && length !== 20) || text.charCodeAt(length - 1) !== UPPER_Z) return undefined;
  const dayMs = dayOf(text.slice(0, 10));
  if (dayMs === undefined || text[10] !== 'T' || text[13] !== ':' || text[16] !== ':') {
    return undefined;
  }
  const hour = twoDigits(text, 11);
  const minute = twoDigits(text, 14);
  const second = twoDigits(text, 17);
  // NaN, where there was something else than digits, is not below anything.
  if (!(hour < 24 && minute < 60 && second < 60)) return undefined;
  const ms = dayMs + hour * 3_600_000 + minute * 60_000 + second * 1_000;
  if (length === 20) return ms;
  const hundreds = digit(text, 20);
  const rest = twoDigits(text, 21);
  return text[19] === '.' && hundreds < 10 && rest < 100 ? ms + hundreds * 100 + rest : undefined;
}

let lastDay = '';
let lastDayMs: number | undefined;

/** Of what comes together, nearly all is of one day. */
function dayOf(date: string): number | undefined {
  if (date !== lastDay) {
    lastDayMs = anyTime(`${date}T00:00:00Z`);
    lastDay = date;
  }
  return lastDayMs;
}

function digit(text: string, at: number): number {
  const value = text.charCodeAt(at) - ZERO;
  return value >= 0 && value <= 9 ? value : Number.NaN;
}

function twoDigits(text: string, at: number): number {
  return digit(text, at) * 10 + digit(text, at + 1);
}

const ZERO = 0x30;
const UPPER_Z = 0x5a;

function anyTime(text: string): number | undefined {
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
