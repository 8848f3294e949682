/**
 * A pair: the ordered (origin, target) of accounts with a currency (spec S2). A→B is not B→A, and
 * the same two accounts in another currency are another pair.
 */
export interface Pair {
  readonly origin: string;
  readonly target: string;
  /** ISO 4217 code, upper case. */
  readonly currency: string;
}

export const ACCOUNT_MAX_CHARACTERS = 64;

// Printable: no control, format, surrogate, private-use or unassigned character, no line break.
const ACCOUNT = /^[^;\p{C}\p{Zl}\p{Zp}]{1,64}$/u;

const ASCII_ACCOUNT = /^[ -:<-~]{1,64}$/; // Says the same of nearly all accounts, much faster.

/** True for 1 to 64 printable characters (code points) without `;` (S1). */
export function isAccount(text: string): boolean {
  return ASCII_ACCOUNT.test(text) || ACCOUNT.test(text);
}

// All but printable ASCII, and the characters that steer keys, paths, tags and headers (W1).
const STEERING = /[^\x20-\x7e]|[%:/{}]/gu;
const NEEDS_ENCODING = /[^\x20-\x7e]|[%:/{}]/u;

/** One account as it stands in joined keys: `%`, `:`, `/`, braces, control and non-ASCII as %XX. */
export function encodeAccount(account: string): string {
  if (!NEEDS_ENCODING.test(account)) return account;
  return account.replace(STEERING, percentEncode);
}

function percentEncode(character: string): string {
  let text = '';
  for (const byte of new TextEncoder().encode(character)) {
    text += `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return text;
}

/**
 * `ORIGIN:TARGET`, the record key in Kafka, the event's subject and `partitionkey` (W1). Injective:
 * no two (origin, target) share a key, because `:` in an account is encoded.
 */
export function pairKey(pair: Pick<Pair, 'origin' | 'target'>): string {
  return `${encodeAccount(pair.origin)}:${encodeAccount(pair.target)}`;
}
