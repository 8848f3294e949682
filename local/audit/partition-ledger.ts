import {
  kindOfRecord,
  OFFSET_KINDS,
  type OffsetKind,
  type PartitionFacts,
} from './offset-kinds.ts';

/** Offsets `from`, `from` + 1, … up to and without `to`, of which the same became. */
export interface KindInterval {
  readonly from: number;
  readonly to: number;
  readonly kind: OffsetKind;
  /** Of dead letters: the reason, and what was decided. */
  readonly note?: string | undefined;
}

/** What became of a part of a partition, offset by offset. */
export interface PartitionAccount {
  readonly partition: number;
  readonly begin: number;
  readonly end: number;
  /** Where the group goes on. */
  readonly committed: number;
  readonly counts: Readonly<Record<OffsetKind, number>>;
  /** Without a gap between them. */
  readonly intervals: readonly KindInterval[];
}

export interface LedgerSpan {
  readonly partition: number;
  /** Where the topic begins. */
  readonly low: number;
  /** Where reading does: before it, all is too old to tell, or older than a rebuild. */
  readonly begin: number;
  readonly end: number;
}

/**
 * Takes the records of one partition as they stand in it, in order, and says of each offset what
 * became of it. Offsets at which no record stands are told by those that follow.
 */
export class PartitionLedger {
  readonly #span: LedgerSpan;
  readonly #facts: PartitionFacts;
  readonly #intervals: { from: number; to: number; kind: OffsetKind; note?: string | undefined }[] =
    [];
  #next: number;

  constructor(span: LedgerSpan, facts: PartitionFacts) {
    this.#span = span;
    this.#facts = facts;
    this.#next = span.low;
    const rebuilt = Math.min(Math.max(facts.rebuiltUntil, span.low), span.begin);
    this.#reach(rebuilt, 'before the rebuild');
    this.#reach(span.begin, 'too old to tell');
  }

  /** What became of the record, and of all offsets before it. */
  take(offset: number, writtenMs: number): OffsetKind {
    const kind = kindOfRecord(offset, writtenMs, this.#facts);
    this.#reach(offset, 'not a record');
    this.#reach(offset + 1, kind, this.#facts.letters.get(offset));
    return kind;
  }

  /** The account, once every record was taken. */
  account(): PartitionAccount {
    const { partition, low, end } = this.#span;
    this.#reach(end, 'not a record');
    const counts = Object.fromEntries(OFFSET_KINDS.map((kind) => [kind, 0]));
    for (const { from, to, kind } of this.#intervals)
      counts[kind] = (counts[kind] ?? 0) + to - from;
    return {
      ...{ partition, begin: low, end, committed: this.#facts.committed },
      counts: counts as Record<OffsetKind, number>,
      intervals: this.#intervals,
    };
  }

  /** Says the kind of all offsets from where the ledger is up to before `to`. */
  #reach(to: number, kind: OffsetKind, letter?: string): void {
    if (to <= this.#next) return;
    const note = kind === 'dead-lettered' ? letter : undefined;
    const last = this.#intervals.at(-1);
    if (last?.kind === kind && last.note === note) last.to = to;
    else this.#intervals.push({ from: this.#next, to, kind, ...(note !== undefined && { note }) });
    this.#next = to;
  }
}
