import { isUtf8 } from 'node:buffer';

/**
 * Attribute values in HTTP headers, as section 3.1.3.2 of the CloudEvents HTTP binding has it.
 */

/** Percent-encodes space, double quote, percent and all that is not printable ASCII. */
export function encodeHeaderValue(value: string): string {
  if (/^[\x21\x23\x24\x26-\x7e]*$/.test(value)) return value;
  return value.toWellFormed().replace(/[^\x21\x23\x24\x26-\x7e]/gu, (character) => {
    let text = '';
    for (const byte of Buffer.from(character)) {
      text += `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    }
    return text;
  });
}

/**
 * The value that a header stands for: double quotes taken off, then one round of percent-decoding.
 * Undefined where it cannot be: an open quote, encoded bytes that are not UTF-8 (overlong forms
 * too), or a raw character that is not printable ASCII.
 *
 * A `%` without two hexadecimal digits after it stands for itself. No conformant sender writes one,
 * but the SDKs for Java and Go, and so KafkaSource, encode nothing (cloudevents/spec#1397): an id
 * `50%` arrives as it is, and refusing it would bury the transaction.
 */
export function decodeHeaderValue(text: string): string | undefined {
  const unquoted = text.startsWith('"') ? unquote(text) : text;
  if (unquoted === undefined || !/^[\x20-\x7e]*$/.test(unquoted)) return undefined;
  if (!unquoted.includes('%')) return unquoted;
  const bytes = Buffer.from(
    unquoted.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    ),
    'latin1',
  );
  return isUtf8(bytes) ? bytes.toString() : undefined;
}

function unquote(text: string): string | undefined {
  const match = /^"((?:[^"\\]|\\.)*)"$/.exec(text);
  return match === null ? undefined : (match[1] as string).replace(/\\(.)/g, '$1');
}
