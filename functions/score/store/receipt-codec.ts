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
  return hash('sha256', transactionId, 'buffer').subarray(0, DIGEST_BYTES);
}

export function encodeReceipt(entry: JournalEntry, sinceStartMs: number): Buffer {
  const { transaction, place, alertId = '' } = entry;
  const texts = [transaction.origin, transaction.target].map((text) => Buffer.from(text));
  const [origin, target] = texts as [Buffer, Buffer];
  const length = FIXED_BYTES + alertId.length + origin.length + target.length;
  const bytes = Buffer.allocUnsafe(2 + length);
  let at = bytes.writeUInt16BE(length, 0);
  at += digestOf(transaction.id).copy(bytes, at);
  at = bytes.writeUInt8(OUTCOMES.indexOf(entry.outcome), at);
  at = bytes.writeUInt16BE(sinceStartMs, at);
  at = bytes.writeUInt32BE(place === undefined ? 0 : place.partition + 1, at);
  at = writeWide(bytes, place === undefined ? 0 : place.offset + 1, at);
  at = bytes.writeUInt8(Number(entry.totalMinor >> 64n), at);
  at = bytes.writeBigUInt64BE(entry.totalMinor & 0xffffffffffffffffn, at);
  at = bytes.writeUInt32BE(entry.transactionCount, at);
  at = bytes.writeUInt8(alertId.length, at);
  at += bytes.write(alertId, at, 'latin1');
  for (const text of [origin, target]) {
    at = bytes.writeUInt16BE(text.length, at);
    at += text.copy(bytes, at);
  }
  bytes.write(transaction.currency, at, 'latin1');
  return bytes;
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
