import type { FraudMember } from '#shared/domain/fraud.ts';
import type { Finding, Verdict } from '../core/verdict.ts';
import type { Decision, PairTotal } from '../totals-store.ts';
import { decodeVerdict } from './verdict-text.ts';

/**
 * What the scripts in `../lua/` answer, read into values: the only place that knows their codes.
 * Formats stand in verdict.lua, add.lua and read.lua; all numbers are big-endian.
 */
const BRACE = 0x7b;
const KINDS = ['counted', 'crossed', 'updated'] as const;

/** The answer of `add`; undefined for a pair that is kept as one text. */
export function readDecision(reply: Buffer): Decision | undefined {
  const code = String.fromCharCode(reply[0] as number);
  const reader = new Reader(reply, 1);
  if (code === 'N') return undefined;
  // An unsent verdict from the time before the pair grew large.
  if (code === 'D' && reply[1] === BRACE) {
    return { kind: 'duplicate', first: decodeVerdict(reply.toString('utf8', 1)) };
  }
  if (code === 'C') return readVerdict(reader);
  if (code === 'D') return { kind: 'duplicate', first: readVerdict(reader) };
  if (code === 'L') return { kind: 'late', newestTimeMs: reader.time() };
  throw new Error(`the add script answered an unknown code ${JSON.stringify(code)}`);
}

/** The answer of `read`. */
export function readPairTotal(reply: Buffer): PairTotal | undefined {
  if (reply.length === 0) return undefined;
  const reader = new Reader(reply, 0);
  const newestTimeMs = reader.time();
  const totalMinor = reader.total();
  const transactionCount = reader.count();
  const openingId = reader.text() || undefined;
  return { newestTimeMs, totalMinor, transactionCount, openingId, members: readMembers(reader) };
}

function readVerdict(reader: Reader): Verdict {
  const kind = KINDS[reader.byte()] as Verdict['kind'];
  const totalMinor = reader.total();
  const transactionCount = reader.count();
  const findings: Finding[] = [];
  for (let left = reader.short(); left > 0; left--) findings.push(readFinding(reader));
  return { kind, totalMinor, transactionCount, findings };
}

function readFinding(reader: Reader): Finding {
  const openingId = reader.text();
  const sequence = reader.count();
  const totalMinor = reader.total();
  const transactionCount = reader.count();
  const firstTimeMs = reader.time();
  const lastTimeMs = reader.time();
  const members = readMembers(reader);
  return { openingId, sequence, totalMinor, transactionCount, firstTimeMs, lastTimeMs, members };
}

function readMembers(reader: Reader): FraudMember[] {
  const members: FraudMember[] = [];
  for (let left = reader.short(); left > 0; left--) {
    const eventTimeMs = reader.time();
    const amountMinor = reader.amount();
    members.push({ id: reader.text(), eventTimeMs, amountMinor });
  }
  return members;
}

class Reader {
  readonly #bytes: Buffer;
  #at: number;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  byte(): number {
    return this.#bytes.readUInt8(this.#step(1));
  }

  short(): number {
    return this.#bytes.readUInt16BE(this.#step(2));
  }

  count(): number {
    return this.#bytes.readUInt32BE(this.#step(4));
  }

  time(): number {
    return this.#bytes.readUIntBE(this.#step(6), 6);
  }

  /** Seven bytes: below 2^53 by S1. */
  amount(): number {
    const at = this.#step(7);
    return this.#bytes.readUIntBE(at, 3) * 2 ** 32 + this.#bytes.readUInt32BE(at + 3);
  }

  /** Low half in four bytes, high half in five, base 2^32. */
  total(): bigint {
    const at = this.#step(9);
    const low = BigInt(this.#bytes.readUInt32BE(at));
    return (BigInt(this.#bytes.readUIntBE(at + 4, 5)) << 32n) | low;
  }

  text(): string {
    const length = this.short();
    const at = this.#step(length);
    return this.#bytes.toString('utf8', at, at + length);
  }

  #step(bytes: number): number {
    const at = this.#at;
    this.#at += bytes;
    return at;
  }
}
