// @ts-check
/** Money in this page: decimal text on the wire, `bigint` minor units to reckon with. */

/**
 * @param {string} text such as "11612.00"
 * @returns {bigint} minor units
 */
export function toMinor(text) {
  const [whole = '0', cents = ''] = text.split('.');
  return BigInt(whole + cents.padEnd(2, '0').slice(0, 2));
}

/** @type {Map<string, Intl.NumberFormat>} */
const formats = new Map();

/**
 * As the reader's language writes it; exact, however large.
 * @param {bigint} minor
 * @param {string} currency
 */
export function formatMoney(minor, currency) {
  return formatOf(currency, {}).format(/** @type {any} */ (toText(minor)));
}

/**
 * Short, for counters: $3.2M.
 * @param {bigint} minor
 * @param {string} currency
 */
export function formatMoneyShort(minor, currency) {
  if (minor < 10_000_000n) return formatMoney(minor, currency);
  const options = /** @type {const} */ ({ notation: 'compact', maximumFractionDigits: 1 });
  return formatOf(currency, options).format(/** @type {any} */ (toText(minor)));
}

/**
 * a as a share of b, as a number good enough to draw with.
 * @param {bigint} a
 * @param {bigint} b
 */
export function share(a, b) {
  return b === 0n ? 0 : Number((a * 10_000n) / b) / 10_000;
}

/** @param {bigint} minor */
function toText(minor) {
  const digits = minor.toString().padStart(3, '0');
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/**
 * @param {string} currency
 * @param {Intl.NumberFormatOptions} options
 */
function formatOf(currency, options) {
  const key = currency + JSON.stringify(options);
  const known = formats.get(key);
  if (known !== undefined) return known;
  const made = new Intl.NumberFormat(undefined, {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
    minimumFractionDigits: options.notation === 'compact' ? 0 : 2,
    ...options,
  });
  formats.set(key, made);
  return made;
}
