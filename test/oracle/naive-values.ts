import { Refused } from './naive-json.ts';

/**
 * The values of S1, read the plain way: each rule of the specification as one line, with what the
 * language brings for dates and characters. Nothing here is the product's.
 */
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** Two decimals in ISO 4217; the tables of the runtime say none, as cash is rounded there. */
const NO_CENTS_IN_CASH = 'AFN ALL COP HUF IDR IRR KPW LAK LBP MGA MMK PKR SOS SYP YER'.split(' ');
/** Known to the runtime, and either withdrawn or no currency of a country. */
const NOT_IN_USE = 'ANG BGN CUC HRK XDR XSU ZWL'.split(' ');
const IN_USE = new Set(
  Intl.supportedValuesOf('currency').filter(
    (code) => !NOT_IN_USE.includes(code) && (NO_CENTS_IN_CASH.includes(code) || hasCents(code)),
  ),
);

export function naiveAccount(text: unknown): string {
  if (typeof text !== 'string') throw new Refused('an account');
  const characters = [...text];
  const isShort = characters.length >= 1 && characters.length <= 64;
  const isPrintable = characters.every((one) => /^[\p{L}\p{M}\p{N}\p{P}\p{S}\p{Zs}]$/u.test(one));
  if (!isShort || !isPrintable || text.includes(';')) throw new Refused('an account');
  return text;
}

/** Decimal text to minor units. */
export function naiveAmount(text: string): number {
  const [whole = '', cents = '', ...more] = text.split('.');
  const hasDot = text.includes('.');
  const isDecimal = /^[0-9]{1,14}$/.test(whole) && (!hasDot || /^[0-9]{1,2}$/.test(cents));
  if (!isDecimal || more.length > 0) throw new Refused('an amount');
  const minor = BigInt(whole + `${cents}00`.slice(0, 2));
  if (minor > 2n ** 53n - 1n) throw new Refused('an amount');
  return Number(minor);
}

export function naiveCurrency(code: unknown): string {
  if (typeof code !== 'string' || !IN_USE.has(code)) throw new Refused('a currency');
  return code;
}

function hasCents(code: string): boolean {
  const options = { style: 'currency', currency: code } as const;
  return new Intl.NumberFormat('en', options).resolvedOptions().maximumFractionDigits === 2;
}

export function naiveTime(text: unknown): number {
  if (typeof text !== 'string') throw new Refused('a time');
  const timeMs = /^[A-Z][a-z]+day, /.test(text) ? seedTime(text) : rfc3339Time(text);
  if (timeMs < 0 || timeMs >= Date.UTC(10_000, 0)) throw new Refused('a time in 1970 to 9999');
  return timeMs;
}

export function rfc3339Time(text: string): number {
  const parts =
    /^(....-..-..)[Tt](..:..:..)(\.[0-9]+)?([Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])$/.exec(text);
  const [, date, clock, fraction = '.', offset = ''] = parts ?? [];
  const localMs = instant(`${date}T${clock}.000Z`);
  const ms = Number(`${fraction}000`.slice(1, 4));
  if (/^[Zz]$/.test(offset)) return localMs + ms;
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(4, 6));
  return localMs + ms - (offset.startsWith('-') ? -1 : 1) * minutes * 60_000;
}

function seedTime(text: string): number {
  const parts = /^(\w+), (..)-(...)-(..) (..:..:..) (?:UTC|GMT)$/.exec(text);
  const [, weekday, day, month = '', year, clock] = parts ?? [];
  const number = `0${MONTHS.indexOf(month) + 1}`.slice(-2);
  const timeMs = instant(`20${year}-${number}-${day}T${clock}.000Z`);
  if (DAYS[new Date(timeMs).getUTCDay()] !== weekday) throw new Refused('the weekday of the date');
  return timeMs;
}

/** The instant that prints exactly so: what has no day, hour or second like it prints otherwise. */
function instant(iso: string): number {
  const time = new Date(iso);
  if (Number.isNaN(time.getTime()) || time.toISOString() !== iso) throw new Refused('a time');
  return time.getTime();
}
