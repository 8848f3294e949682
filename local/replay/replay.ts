import type { Fraud } from '#shared/domain/fraud.ts';
import type { Rule } from '#shared/domain/rule.ts';
import { type Added, addToPair, addUnknown } from '../../functions/score/core/add-to-pair.ts';
import { toVerdict } from '../../functions/score/core/findings.ts';
import type { PairState } from '../../functions/score/core/pair-state.ts';
import { toFraud } from '../../functions/score/score.ts';
import type { ByteNames } from './byte-names.ts';
import { PairBook, type PairNumbers } from './pair-book.ts';

/** One transaction as readers give it: the same object is filled anew for each. */
export interface Row extends PairNumbers {
  id: string;
  /** It says no id: its line names it, by `nameOf`, and nothing else has that name. */
  isIdOwn: boolean;
  line: number;
  nameOf: (line: number) => string;
  eventTimeMs: number;
  amountMinor: number;
  /** What the data itself says, where it has labels: part of laundering. */
  isLabelled: boolean;
}

/** Under what id the row's transaction is told of. */
export function idOf(row: Row): string {
  return row.isIdOwn ? row.nameOf(row.line) : row.id;
}

export interface ReplayOptions {
  readonly rule: Rule;
  /** How far behind those before it a transaction may come, milliseconds of event time. */
  readonly disorderMs: number;
  /** How many pairs are held before the first look at which can be let go. */
  readonly pairsBeforeForgetting?: number;
}

/** Whom to tell what was found; while there is nobody, alerts are only counted. */
export interface ReplayWatch {
  readonly onFraud: (fraud: Fraud) => void;
  /** The id of each transaction whose total is over the threshold. */
  readonly onOver: (id: string) => void;
}

export interface ReplayCounts {
  /** Summed; the others are not. */
  counted: number;
  duplicate: number;
  late: number;
  /** Older than what is still held of all pairs. */
  behind: number;
  /** Pairs as they came; one that was let go and comes again counts again. */
  pairs: number;
  alerts: number;
  updates: number;
  firstTimeMs: number;
  lastTimeMs: number;
}

/**
 * What would have been found: tells the core one transaction after the other, as they come, and
 * holds the states of pairs that something can still come to. When there are twice as many as after
 * the last look, those are let go that are quiet: all of theirs is a window older than the oldest
 * of some ten thousand before it, less the allowed disorder.
 */
export class Replay {
  readonly book: PairBook;
  readonly counts: ReplayCounts = {
    ...{ counted: 0, duplicate: 0, late: 0, behind: 0, pairs: 0, alerts: 0, updates: 0 },
    ...{ firstTimeMs: Number.POSITIVE_INFINITY, lastTimeMs: Number.NEGATIVE_INFINITY },
  };
  watch: ReplayWatch | undefined;
  readonly #options: ReplayOptions;
  readonly #amounts: number[] = [];
  readonly #totals: bigint[] = [];
  #pairsUntilLook: number;
  readonly #firstLook: number;
  /** The oldest event time of the rows of late, and of as many before them. */
  #oldestMs = Number.POSITIVE_INFINITY;
  #oldestBeforeMs = Number.POSITIVE_INFINITY;
  #rowsOfLate = 0;
  /** Nothing older is taken: its pair may have been let go. */
  #floorMs = Number.NEGATIVE_INFINITY;

  constructor(options: ReplayOptions) {
    this.#options = options;
    this.book = new PairBook(options.rule);
    this.#firstLook = options.pairsBeforeForgetting ?? 250_000;
    this.#pairsUntilLook = this.#firstLook;
  }

  get accounts(): ByteNames {
    return this.book.accounts;
  }

  get currencies(): ByteNames {
    return this.book.currencies;
  }

  /** The row's accounts and currency are numbers of this book, and hold until this returns. */
  add(row: Row): void {
    const { counts, book } = this;
    const { eventTimeMs } = row;
    if (eventTimeMs < this.#floorMs) {
      counts.behind += 1;
      return;
    }
    this.#note(eventTimeMs);
    const pairs = book.size;
    if (book.hold(row)) this.#count(row);
    else this.#tellCore(row);
    if (book.size === pairs) return;
    counts.pairs += 1;
    if (book.size >= this.#pairsUntilLook) this.#forget();
  }

  #tellCore(row: Row): void {
    const { counts } = this;
    const { rule } = this.#options;
    const state = this.book.stateFor(row);
    const { eventTimeMs, amountMinor } = row;
    const arrival = { id: idOf(row), eventTimeMs, amountMinor };
    const added = row.isIdOwn ? addUnknown(state, arrival, rule) : addToPair(state, arrival, rule);
    if (added.kind === 'late') counts.late += 1;
    else if (added.kind === 'known') counts.duplicate += 1;
    else {
      this.#count(row);
      for (const { sequence } of added.verdict.findings) {
        if (sequence === 1) counts.alerts += 1;
        else counts.updates += 1;
      }
      if (this.watch !== undefined) this.#tell(this.watch, row, state, added);
    }
  }

  /** Of what was summed, by currency. */
  totals(): ReadonlyMap<string, bigint> {
    const totals = new Map<string, bigint>();
    for (let i = 0; i < this.book.currencies.size; i++) {
      const total = (this.#totals[i] ?? 0n) + BigInt(this.#amounts[i] ?? 0);
      if (this.#amounts[i] !== undefined) totals.set(this.book.currencies.text(i), total);
    }
    return totals;
  }

  #count(row: Row): void {
    const { counts } = this;
    counts.counted += 1;
    if (row.eventTimeMs < counts.firstTimeMs) counts.firstTimeMs = row.eventTimeMs;
    if (row.eventTimeMs > counts.lastTimeMs) counts.lastTimeMs = row.eventTimeMs;
    this.#sum(row.currencyNumber, row.amountMinor);
  }

  #tell(
    watch: ReplayWatch,
    row: Row,
    state: PairState,
    { entry, verdict }: Added & { kind: 'added' },
  ): void {
    const { rule } = this.#options;
    if (verdict.totalMinor > BigInt(rule.thresholdMinor)) watch.onOver(entry.id);
    if (verdict.findings.length === 0) return;
    const pair = this.book.pairOf(row);
    for (const finding of toVerdict(state, verdict, rule).findings) {
      watch.onFraud(toFraud(rule, pair, finding));
    }
  }

  /** A number while that is exact; what it comes to is carried over before it is not. */
  #sum(currency: number, amountMinor: number): void {
    const sum = (this.#amounts[currency] ?? 0) + amountMinor;
    if (sum <= Number.MAX_SAFE_INTEGER) this.#amounts[currency] = sum;
    else {
      const carried = BigInt(this.#amounts[currency] ?? 0) + BigInt(amountMinor);
      this.#totals[currency] = (this.#totals[currency] ?? 0n) + carried;
      this.#amounts[currency] = 0;
    }
  }

  #note(eventTimeMs: number): void {
    if (eventTimeMs < this.#oldestMs) this.#oldestMs = eventTimeMs;
    this.#rowsOfLate += 1;
    if (this.#rowsOfLate * 4 < this.#firstLook) return;
    this.#oldestBeforeMs = this.#oldestMs;
    this.#oldestMs = Number.POSITIVE_INFINITY;
    this.#rowsOfLate = 0;
  }

  #forget(): void {
    const { rule, disorderMs } = this.#options;
    const floorMs = Math.min(this.#oldestMs, this.#oldestBeforeMs) - disorderMs;
    if (floorMs > this.#floorMs) this.#floorMs = floorMs;
    const quietMs = this.#floorMs - rule.windowMs;
    if (quietMs >= this.counts.firstTimeMs) this.book.forget(quietMs);
    this.#pairsUntilLook = Math.max(this.#firstLook, 2 * this.book.size);
  }
}
