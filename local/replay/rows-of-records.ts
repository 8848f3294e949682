import { isUtf8 } from 'node:buffer';
import { transactionId } from '#shared/domain/transaction.ts';
import { AppError } from '#shared/errors.ts';
import { DEFAULT_CURRENCY } from '#shared/events/currency.ts';
import { DECODE_LIMITS, decodeTransactions } from '#shared/events/decode-transactions.ts';
import { POST_SOURCE } from '#shared/events/event-types.ts';
import type { ByteNames } from './byte-names.ts';
import type { Columns } from './columns.ts';
import type { CsvRecords } from './csv-records.ts';
import { currencyCode, stepText, utcText } from './data-set-words.ts';
import { QuickTime, quickAmount } from './quick-fields.ts';
import type { Row } from './replay.ts';

/** Where rows go, and whose numbers they carry; asked for each row, since both may be new. */
export interface RowTarget {
  readonly accounts: ByteNames;
  readonly currencies: ByteNames;
  /** Said before the first row where rows say whether they are part of laundering. */
  expectLabels?(): void;
  add(row: Row): void;
}

export interface RowOptions {
  /** What the ids of transactions that have none begin with, the line behind it. */
  readonly fileName: string;
  /** The clock, and how far ahead of it a time may be; 0 is any (S5). */
  readonly nowMs: number;
  readonly maxFutureMs: number;
  /** When step 0 was. */
  readonly beginMs: number;
}

export function emptyRow(): Row {
  return {
    ...{ id: '', isIdOwn: true, line: 0, nameOf: String, isLabelled: false },
    ...{ eventTimeMs: 0, amountMinor: 0 },
    ...{ originNumber: 0, targetNumber: 0, currencyNumber: 0 },
  };
}

/** Reads the current record of CSV into the row; what is wrong with it is returned. */
export class RowsOfRecords {
  readonly row: Row = emptyRow();
  readonly #records: CsvRecords;
  readonly #columns: Columns;
  readonly #options: RowOptions;
  readonly #time = new QuickTime();
  readonly #latestMs: number;
  readonly #needed: number;

  constructor(records: CsvRecords, columns: Columns, options: RowOptions) {
    const { nowMs, maxFutureMs, fileName } = options;
    this.#records = records;
    this.#columns = columns;
    this.#options = options;
    this.#latestMs = maxFutureMs === 0 ? Number.POSITIVE_INFINITY : nowMs + maxFutureMs;
    const { timestamp, origin, target, amount } = columns;
    this.#needed = 1 + Math.max(...timestamp, ...origin, ...target, amount);
    this.row.nameOf = namesOf(fileName);
  }

  read(target: RowTarget): AppError | undefined {
    const { row } = this;
    const { fieldCount, problem } = this.#records;
    if (problem !== undefined) return mistake('line', problem);
    if (fieldCount < this.#needed || (this.#columns.isExact && fieldCount > this.#needed)) {
      const { isExact } = this.#columns;
      const least = isExact ? LINE : `at least ${this.#needed} columns`;
      return mistake('line', least);
    }
    row.isLabelled = this.#isLabelled();
    return this.#readQuickly(target) ? undefined : this.#readStrictly(target);
  }

  /** False where any part is not written as most are; nothing is refused here. */
  #readQuickly(target: RowTarget): boolean {
    const { row } = this;
    const { bytes, starts, ends } = this.#records;
    const { timestamp, timeForm, origin, amount, currency, id } = this.#columns;
    if (timeForm !== 'strict' || origin.length + this.#columns.target.length > 2) return false;
    const time = timestamp[0] as number;
    row.eventTimeMs = this.#time.read(bytes, starts[time] as number, ends[time] as number);
    if (row.eventTimeMs < 0 || row.eventTimeMs > this.#latestMs) return false;
    row.amountMinor = quickAmount(bytes, starts[amount] as number, ends[amount] as number);
    if (row.amountMinor < 0) return false;
    row.originNumber = this.#account(target, origin[0] as number);
    row.targetNumber = this.#account(target, this.#columns.target[0] as number);
    if (row.originNumber < 0 || row.targetNumber < 0) return false;
    row.currencyNumber = this.#isEmpty(currency)
      ? target.currencies.ofText(DEFAULT_CURRENCY)
      : target.currencies.ofBytes(
          bytes,
          starts[currency as number] as number,
          ends[currency as number] as number,
        );
    if (row.currencyNumber < 0) return false;
    if (!this.#isEmpty(id)) return this.#readId(id as number);
    row.line = this.#records.line;
    row.isIdOwn = true;
    return true;
  }

  #account(target: RowTarget, column: number): number {
    const { bytes, starts, ends } = this.#records;
    return target.accounts.ofBytes(bytes, starts[column] as number, ends[column] as number);
  }

  /** False where it has characters that need a look. */
  #readId(column: number): boolean {
    const { bytes, starts, ends } = this.#records;
    const [start, end] = [starts[column] as number, ends[column] as number];
    if (end - start > ID_QUICK_MAX_BYTES) return false;
    for (let at = start; at < end; at++) {
      const byte = bytes[at] as number;
      if (byte <= 0x20 || byte >= 0x7f || byte === 0x23 || byte === 0x25) return false;
    }
    this.row.id = `${POST_SOURCE}#${bytes.toString('latin1', start, end)}`;
    this.row.isIdOwn = false;
    return true;
  }

  /** As score would be told it in JSON: the strict decoder reads it, or says what is wrong. */
  #readStrictly(target: RowTarget): AppError | undefined {
    const { timestamp, timeForm, origin, amount, currency, id } = this.#columns;
    const { nowMs, maxFutureMs, beginMs } = this.#options;
    const { bytes, recordStart, recordEnd } = this.#records;
    if (!isUtf8(bytes.subarray(recordStart, recordEnd))) return mistake('line', 'UTF-8');
    let time = timestamp.map((column) => this.#text(column)).join(' ');
    if (timeForm === 'utc') time = utcText(time);
    if (timeForm === 'steps') time = stepText(time, beginMs);
    const json = JSON.stringify({
      timestamp: time,
      origin: this.#joinedText(origin),
      target: this.#joinedText(this.#columns.target),
      amount: this.#text(amount),
      ...(!this.#isEmpty(currency) && { currency: currencyCode(this.#text(currency as number)) }),
      ...(!this.#isEmpty(id) && { id: this.#text(id as number) }),
    });
    return readInto(this.row, target, Buffer.from(json), {
      ...{ contentType: 'application/json', nowMs, maxFutureMs },
      line: this.#records.line,
    });
  }

  #joinedText(columns: readonly number[]): string {
    return columns.map((column) => this.#text(column)).join('-');
  }

  #text(column: number): string {
    const { bytes, starts, ends } = this.#records;
    return bytes.toString('utf8', starts[column], ends[column]);
  }

  #isEmpty(column: number | undefined): boolean {
    if (column === undefined || column >= this.#records.fieldCount) return true;
    return this.#records.starts[column] === this.#records.ends[column];
  }

  #isLabelled(): boolean {
    const { label } = this.#columns;
    if (label === undefined || this.#isEmpty(label)) return false;
    const first = this.#records.bytes[this.#records.starts[label] as number] as number;
    return first === 0x31 || first === 0x74 || first === 0x54; // 1, true, True
  }
}

/** `…#FILE:000000000017` of line 17: of lines at the same time the first is the first (D1). */
export function namesOf(fileName: string): (line: number) => string {
  const start = transactionId(POST_SOURCE, `${fileName}:`);
  return (line) => start + String(line).padStart(12, '0');
}

const LINE = 'timestamp;origin;target;amount';
const ID_QUICK_MAX_BYTES = 256;

export interface StrictOptions {
  readonly contentType: string;
  readonly nowMs: number;
  readonly maxFutureMs: number;
  /** Names a transaction that says no id of its own. */
  readonly line: number;
}

/** Reads one form of S4 by score's own decoder into the row; what it refuses is returned. */
export function readInto(
  row: Row,
  target: RowTarget,
  body: Buffer,
  { contentType, nowMs, maxFutureMs, line }: StrictOptions,
): AppError | undefined {
  try {
    let isIdOwn = false;
    const makeId = (): string => {
      isIdOwn = true;
      return 'none';
    };
    const limits = { ...DECODE_LIMITS, maxFutureMs };
    const decoded = decodeTransactions({ 'content-type': contentType }, body, {
      limits,
      nowMs,
      makeId,
    });
    if (decoded.kind !== 'one') return mistake('line', 'one transaction');
    const { transaction } = decoded;
    row.id = transaction.id;
    row.isIdOwn = isIdOwn;
    row.line = line;
    row.eventTimeMs = transaction.eventTimeMs;
    row.amountMinor = transaction.amountMinor;
    row.originNumber = target.accounts.ofText(transaction.origin);
    row.targetNumber = target.accounts.ofText(transaction.target);
    row.currencyNumber = target.currencies.ofText(transaction.currency);
    return undefined;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

function mistake(field: string, expected: string): AppError {
  return new AppError('malformed', `${field}: expected ${expected}`, { field, expected });
}
