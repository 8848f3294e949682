import type { TotalMinor } from '#shared/domain/amount.ts';
import type { Rule } from '#shared/domain/rule.ts';
import type { AlertRecord, Entry, EntryFinding, PairState } from '../core/pair-state.ts';
import { windowStart } from '../core/window.ts';

/** A state as the scripts for large pairs keep it: one leaf, and fields of the fraud hash. */
export interface LeafState {
  readonly state: Buffer;
  readonly fraud: readonly Buffer[];
}

const HAS_FRAUD_KEY = 1;
const HAS_DECISION = 1;
const HAS_ALERT = 2;
const ENTRY_FIXED_BYTES = 42;

/**
 * Writes a pair's state as `../lua/codec.lua` and `verdict.lua` read it, for the moment at which a
 * pair has grown out of being one text.
 */
export function encodeLeaf(state: PairState, rule: Rule): LeafState {
  const { entries, alerts } = state;
  const last = entries.length - 1;
  const first = windowStart(entries, last, rule.windowMs);
  const bytes = entries.map((entry) => encodeEntry(entry, alerts));
  const offsetOf = (index: number): number =>
    1 + bytes.slice(0, index).reduce((sum, one) => sum + one.length, 0);
  const fraud = fraudFields(state);
  const header = [
    // There may be unsent verdicts, even where no record is left.
    number(HAS_FRAUD_KEY, 1),
    number(state.arrivals, 4),
    number(last - first + 1, 4),
    number(entries.length, 2),
    number(offsetOf(last), 4),
    number(offsetOf(first), 4),
    text(state.newestOpeningId ?? ''),
    text(state.trimmedOpeningId ?? ''),
  ];
  return { state: Buffer.concat([...header, ...bytes]), fraud };
}

function encodeEntry(entry: Entry, alerts: PairState['alerts']): Buffer {
  const { id, verdict } = entry;
  const hasDecision = verdict !== undefined && verdict.findings.length > 0;
  const flags = (hasDecision ? HAS_DECISION : 0) + (alerts.has(id) ? HAS_ALERT : 0);
  const encoded = Buffer.concat([
    number(entry.eventTimeMs, 6),
    number(entry.amountMinor, 7),
    total(entry.totalMinor),
    total(verdict?.totalMinor ?? entry.totalMinor),
    number(verdict?.transactionCount ?? 1, 4),
    number(entry.arrival, 4),
    number(flags, 1),
    text(id),
  ]);
  if (encoded.length !== ENTRY_FIXED_BYTES + Buffer.byteLength(id)) {
    throw new Error(`an entry of ${encoded.length} bytes for an id of ${id.length}`);
  }
  return encoded;
}

function fraudFields({ alerts, entries }: PairState): Buffer[] {
  const fields: Buffer[] = [];
  for (const [opening, alert] of alerts) {
    fields.push(Buffer.from(`a${opening}`), encodeAlert(alert));
  }
  for (const { id, verdict } of entries) {
    const findings = verdict?.findings ?? [];
    if (findings.length > 0) fields.push(Buffer.from(`d${id}`), encodeDecision(findings));
  }
  return fields;
}

function encodeAlert({ sequence, totalMinor }: AlertRecord): Buffer {
  return Buffer.concat([number(sequence, 4), total(totalMinor)]);
}

function encodeDecision(findings: readonly EntryFinding[]): Buffer {
  const kind = findings.some(({ sequence }) => sequence === 1) ? 1 : 2;
  const parts = findings.flatMap((finding) => [
    text(finding.openingId),
    number(finding.sequence, 4),
    total(finding.totalMinor),
    number(finding.transactionCount, 4),
    number(finding.firstTimeMs, 6),
    number(finding.at.eventTimeMs, 6),
    text(finding.at.id),
    number(finding.arrival, 4),
  ]);
  return Buffer.concat([number(kind, 1), number(findings.length, 2), ...parts]);
}

/** Big-endian, of one to seven bytes. */
function number(value: number, bytes: number): Buffer {
  const wide = Buffer.alloc(8);
  wide.writeBigUInt64BE(BigInt(value));
  return wide.subarray(8 - bytes);
}

/** Low half in four bytes, high half in five, base 2^32. */
function total(totalMinor: TotalMinor): Buffer {
  return Buffer.concat([
    number(Number(totalMinor & 0xffffffffn), 4),
    number(Number(totalMinor >> 32n), 5),
  ]);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([number(bytes.length, 2), bytes]);
}
