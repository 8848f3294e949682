import { parseRfc850 } from '#shared/events/rfc850-time.ts';
import { parseRfc3339 } from '#shared/events/rfc3339-time.ts';

/**
 * Amounts and times read from bytes, as most of them are written. What is not read here is no
 * mistake yet: the strict decoder is asked, and what it says counts. What is read here, it reads as
 * the same value.
 */
const DAY_MS = 86_400_000;
const WHOLE_DIGITS_MAX = 13; // so that minor units are below 2^53

/** Minor units of digits with at most two decimals; -1 where the strict decoder has to look. */
export function quickAmount(bytes: Uint8Array, start: number, end: number): number {
  let value = 0;
  let at = start;
  for (; at < end; at++) {
    const digit = (bytes[at] as number) - ZERO;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
  }
  const whole = at - start;
  if (whole === 0 || whole > WHOLE_DIGITS_MAX) return -1;
  if (at === end) return value * 100;
  const decimals = end - at - 1;
  if (bytes[at] !== POINT || decimals < 1 || decimals > 2) return -1;
  for (at += 1; at < end; at++) {
    const digit = (bytes[at] as number) - ZERO;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return decimals === 1 ? value * 10 : value;
}

/**
 * Reads times whose date, in the very same bytes, was in the time before: only the time of day is
 * new. Each new date is read by the strict parsers.
 */
export class QuickTime {
  #date = Buffer.alloc(0);
  #dayMs = 0;

  /** Epoch milliseconds; -1 where the strict decoder has to look. */
  read(bytes: Uint8Array, start: number, end: number): number {
    const last = bytes[end - 1];
    if (last === LETTER_Z) return this.#readTail(bytes, start, end, start + 11);
    if (last === LETTER_C || last === LETTER_T) {
      return this.#readTail(bytes, start, end, end - 12);
    }
    return -1;
  }

  #readTail(bytes: Uint8Array, start: number, end: number, tail: number): number {
    if (tail <= start || end - tail < 9) return -1;
    if (!this.#isDate(bytes, start, tail)) return this.#learn(bytes, start, end, tail);
    const ofDayMs = timeOfDay(bytes, tail);
    if (ofDayMs < 0) return -1;
    const rest = tail + 8;
    if (bytes[end - 1] === LETTER_Z) {
      if (end === rest + 1) return this.#dayMs + ofDayMs;
      return end === rest + 5 ? this.#withMs(bytes, rest, ofDayMs) : -1;
    }
    const isUtc = bytes[rest] === SPACE && bytes[rest + 1] === LETTER_U;
    const isWhole = isUtc && bytes[rest + 2] === LETTER_T && bytes[rest + 3] === LETTER_C;
    return isWhole ? this.#dayMs + ofDayMs : -1;
  }

  #withMs(bytes: Uint8Array, point: number, ofDayMs: number): number {
    const [a, b, c] = [point + 1, point + 2, point + 3].map((at) => (bytes[at] as number) - ZERO);
    const isMs = [a, b, c].every((digit) => (digit as number) >= 0 && (digit as number) <= 9);
    if (bytes[point] !== POINT || !isMs) return -1;
    return this.#dayMs + ofDayMs + (a as number) * 100 + (b as number) * 10 + (c as number);
  }

  #isDate(bytes: Uint8Array, start: number, tail: number): boolean {
    const date = this.#date;
    if (date.length !== tail - start) return false;
    for (let i = 0; i < date.length; i++) if (date[i] !== bytes[start + i]) return false;
    return true;
  }

  #learn(bytes: Uint8Array, start: number, end: number, tail: number): number {
    const text = Buffer.from(bytes.subarray(start, end)).toString('latin1');
    const timeMs = parseRfc3339(text) ?? parseRfc850(text);
    if (timeMs === undefined || timeMs < 0) return -1;
    this.#date = Buffer.from(bytes.subarray(start, tail));
    this.#dayMs = Math.floor(timeMs / DAY_MS) * DAY_MS;
    return timeMs;
  }
}

/** Milliseconds since midnight of `HH:MM:SS`; -1 where it is not one. */
function timeOfDay(bytes: Uint8Array, at: number): number {
  const hour = twoDigits(bytes, at);
  const minute = twoDigits(bytes, at + 3);
  const second = twoDigits(bytes, at + 6);
  if (bytes[at + 2] !== COLON || bytes[at + 5] !== COLON) return -1;
  if (hour < 0 || minute < 0 || second < 0) return -1;
  if (hour > 23 || minute > 59 || second > 59) return -1;
  return ((hour * 60 + minute) * 60 + second) * 1000;
}

function twoDigits(bytes: Uint8Array, at: number): number {
  const tens = (bytes[at] as number) - ZERO;
  const ones = (bytes[at + 1] as number) - ZERO;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? 10 * tens + ones : -1;
}

const ZERO = 0x30;
const POINT = 0x2e;
const COLON = 0x3a;
const SPACE = 0x20;
const LETTER_C = 0x43;
const LETTER_T = 0x54;
const LETTER_U = 0x55;
const LETTER_Z = 0x5a;
