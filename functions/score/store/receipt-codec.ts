import { hash } from 'node:crypto';
import type { TotalMinor } from '#shared/domain/amount.ts';
import type { JournalEntry, Receipt } from '../journal.ts';

/**
 * Receipts as they are kept: many behind one another in a string of Redis that covers a few
 * seconds, so that noting one is an append and finding one a walk. Some 40 bytes each, big-endian:
 *
 *   length of the rest 2 · first 8 bytes of the id's SHA-256 · outcome 1 · ms since the string's
 *   start 2 · partition 4 and offset 7, both plus one, 0 for none · total 9 · count 4 ·
 *   alert id 1 + bytes · origin 2 + bytes · target 2 + bytes · currency 3
 */
const OUTCOMES = ['counted', 'crossed', 'updated', 'duplicate', 'late'] as const;
const DIGEST_BYTES = 8;
const FIXED_BYTES = DIGEST_BYTES + 1 + 2 + 4 + 7 + 9 + 4 + 1 + 2 + 2 + 3;
const HIGH = 2 ** 32;

/** By what a receipt is found: long enough that nobody meets two ids with the same one. */
export function digestOf(transactionId: string): Buffer {
  return Buffer.from(digestText(transactionId), 'latin1');
}

/** A byte a character: as text it costs a third of what it does as a Buffer. */
function digestText(transactionId: string): string {
  return hash('sha256', transactionId, 'binary').slice(0, DIGEST_BYTES);
}

/** Receipts behind one another, in one piece of memory: this is done for every transaction. */
export function encodeReceipts(entries: readonly JournalEntry[], sinceStartMs: number): Buffer {
  let most = 0;
  for (const { transaction, alertId = '' } of entries) {
    const characters = transaction.origin.length + transaction.target.length;
    most += 2 + FIXED_BYTES + alertId.length + 3 * characters;
  }
  const bytes = Buffer.allocUnsafe(most);
  let at = 0;
  for (const entry of entries) at = writeReceipt(bytes, at, entry, sinceStartMs);
  return bytes.subarray(0, at);
}

/** Returns where it ends. */
function writeReceipt(
  bytes: Buffer,
  start: number,
  entry: JournalEntry,
  sinceStartMs: number,
): number {
  const { transaction, place, alertId = '' } = entry;
  let at = start + 2;
  at += writeText(bytes, digestText(transaction.id), at);
  at = bytes.writeUInt8(OUTCOMES.indexOf(entry.outcome), at);
  at = bytes.writeUInt16BE(sinceStartMs, at);
  at = bytes.writeUInt32BE(place === undefined ? 0 : place.partition + 1, at);
  at = writeWide(bytes, place === undefined ? 0 : place.offset + 1, at);
  at = writeTotal(bytes, entry.totalMinor, at);
  at = bytes.writeUInt32BE(entry.transactionCount, at);
  at = bytes.writeUInt8(alertId.length, at);
  at += writeText(bytes, alertId, at);
  at = writeAccount(bytes, transaction.origin, at);
  at = writeAccount(bytes, transaction.target, at);
  at += writeText(bytes, transaction.currency, at);
  bytes.writeUInt16BE(at - start - 2, start);
  return at;
}

function writeAccount(bytes: Buffer, text: string, at: number): number {
  const length = IS_ASCII.test(text) ? writeText(bytes, text, at + 2) : bytes.write(text, at + 2);
  return bytes.writeUInt16BE(length, at) + length;
}

const IS_ASCII = /^[\x20-\x7e]*$/;

/** A byte a character: for so short ones quicker than what Node does. Returns how many. */
function writeText(bytes: Buffer, text: string, at: number): number {
  for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i);
  return text.length;
}

/** Nine bytes; all but the rarest totals are a number. */
function writeTotal(bytes: Buffer, totalMinor: TotalMinor, start: number): number {
  if (totalMinor <= Number.MAX_SAFE_INTEGER) {
    const total = Number(totalMinor);
    bytes[start] = 0;
    const at = bytes.writeUInt32BE(Math.floor(total / HIGH), start + 1);
    return bytes.writeUInt32BE(total % HIGH, at);
  }
  const at = bytes.writeUInt8(Number(totalMinor >> 64n), start);
  return bytes.writeBigUInt64BE(totalMinor & 0xffffffffffffffffn, at);
}

/** Those of one id, oldest first, from a string that began at `startMs`. */
export function findReceipts(bytes: Buffer, digest: Buffer, startMs: number): Receipt[] {
  const found: Receipt[] = [];
  for (let at = 0; at + 2 <= bytes.length; ) {
    const end = at + 2 + bytes.readUInt16BE(at);
    if (digest.equals(bytes.subarray(at + 2, at + 2 + DIGEST_BYTES))) {
      found.push(readReceipt(bytes, at + 2 + DIGEST_BYTES, startMs));
    }
    at = end;
  }
  return found;
}

function readReceipt(bytes: Buffer, start: number, startMs: number): Receipt {
  let at = start;
  const step = (length: number): number => {
    at += length;
    return at - length;
  };
  const text = (length: number): string => {
    const from = step(length);
    return bytes.toString('utf8', from, from + length);
  };
  const outcome = OUTCOMES[bytes.readUInt8(step(1))] as Receipt['outcome'];
  const atMs = startMs + bytes.readUInt16BE(step(2));
  const partition = bytes.readUInt32BE(step(4)) - 1;
  const offset = readWide(bytes, step(7)) - 1;
  const high = BigInt(bytes.readUInt8(step(1)));
  const totalMinor: TotalMinor = (high << 64n) | bytes.readBigUInt64BE(step(8));
  const transactionCount = bytes.readUInt32BE(step(4));
  const alertId = text(bytes.readUInt8(step(1))) || undefined;
  const origin = text(bytes.readUInt16BE(step(2)));
  const target = text(bytes.readUInt16BE(step(2)));
  const pair = { origin, target, currency: text(3) };
  const place = offset < 0 ? undefined : { partition, offset };
  return { outcome, atMs, place, totalMinor, transactionCount, alertId, pair };
}

/** Seven bytes: up to 2^53. */
function writeWide(bytes: Buffer, value: number, at: number): number {
  bytes.writeUIntBE(Math.floor(value / HIGH), at, 3);
  return bytes.writeUInt32BE(value % HIGH, at + 3);
}

function readWide(bytes: Buffer, at: number): number {
  return bytes.readUIntBE(at, 3) * HIGH + bytes.readUInt32BE(at + 3);
}
