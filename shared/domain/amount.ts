/**
 * Amounts: how much money one transaction moves, and what several add up to.
 *
 * Unit everywhere in the code: minor units (cents). One amount is a safe integer, 0 to 2^53 − 1;
 * a total of many may be larger, so totals are `bigint` and exact. Text is in the major unit with
 * at most two decimals: "7810", "7810.5", "7810.50" (spec S1).
 */
export type AmountMinor = number;
export type TotalMinor = bigint;

export const AMOUNT_MAX_MINOR: AmountMinor = Number.MAX_SAFE_INTEGER;

/** So many digits of the major unit, and whatever follows, are below 2^53 of the minor one. */
const SURELY_SAFE_DIGITS = 13;
const DECIMAL = /^(\d{1,14})(?:\.(\d{1,2}))?$/;

/**
 * The amount in minor units that a decimal text says, or undefined where S1 refuses it: sign,
 * exponent, separator, more than two decimals, above 2^53 − 1. Leading zeros are accepted.
 */
export function parseAmount(text: string): AmountMinor | undefined {
  const match = DECIMAL.exec(text);
  if (match === null) return undefined;
  const [, whole, fraction = ''] = match as unknown as [string, string, string | undefined];
  if (whole.length <= SURELY_SAFE_DIGITS) {
    return Number(whole) * 100 + (fraction.length === 1 ? Number(fraction) * 10 : Number(fraction));
  }
  const amountMinor = BigInt(whole) * 100n + BigInt(fraction.padEnd(2, '0'));
  return amountMinor <= BigInt(AMOUNT_MAX_MINOR) ? Number(amountMinor) : undefined;
}

/** Decimal text with two decimals, as on the wire (W1, W2): 781000 → "7810.00". */
export function formatAmount(minor: AmountMinor | TotalMinor): string {
  const digits = minor.toString().padStart(3, '0');
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/**
 * As the seeds print money: whole dollars without decimals, 781000 → "7810", 781050 → "7810.50".
 */
export function formatSeedAmount(minor: AmountMinor | TotalMinor): string {
  const text = formatAmount(minor);
  return text.endsWith('.00') ? text.slice(0, -3) : text;
}
