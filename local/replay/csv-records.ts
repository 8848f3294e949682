/** A record longer than this is a quote that was never closed. */
const RECORD_MAX_BYTES = 4 * 1024 * 1024;
const FIELDS_MAX = 1024;
const QUOTE = 0x22;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

export interface CsvForm {
  /** The byte between fields; undefined where the whole line is one. */
  readonly separator: string | undefined;
  /** Whether a field may stand in quotes, which then may hold separators and line feeds. */
  readonly isQuoted: boolean;
}

/**
 * Finds the records and fields of CSV (RFC 4180) in bytes that come in pieces, and makes nothing of
 * them: `starts` and `ends` say where each field of the current record stands in `bytes`. Line
 * feeds with or without a carriage return; lines with nothing in them are left out.
 */
export class CsvRecords {
  bytes: Buffer = Buffer.alloc(0);
  readonly starts = new Int32Array(FIELDS_MAX);
  readonly ends = new Int32Array(FIELDS_MAX);
  fieldCount = 0;
  /** The line on which the current record begins, from 1. */
  line = 0;
  /** Where the current record stands in `bytes`, without its line feed. */
  recordStart = 0;
  recordEnd = 0;
  /** What is wrong with the quotes of the current record; its fields say nothing then. */
  problem: string | undefined;
  readonly #separator: number;
  readonly #isQuoted: boolean;
  #position = 0;
  #nextLine = 1;
  #at = 0;
  #linesInside = 0;

  constructor({ separator, isQuoted }: CsvForm) {
    this.#separator = separator === undefined ? -1 : separator.charCodeAt(0);
    this.#isQuoted = isQuoted;
  }

  /** What was not a whole record yet, and the next piece behind it. */
  push(piece: Buffer): void {
    const rest = this.bytes.subarray(this.#position);
    this.bytes = rest.length === 0 ? Buffer.from(piece) : Buffer.concat([rest, piece]);
    this.#position = 0;
  }

  /**
   * Goes to the next record; false where there is no whole one yet. At the end of all pieces the
   * last record needs no line feed.
   * @throws Error where a quote is not closed for so long that it is none.
   */
  next(isEnd: boolean): boolean {
    while (this.#position < this.bytes.length) {
      if (!this.#scan(isEnd)) {
        if (this.bytes.length - this.#position <= RECORD_MAX_BYTES) return false;
        throw new Error(
          `line ${this.#nextLine}: no end of this line in ${RECORD_MAX_BYTES} bytes; ` +
            'is a quote missing?',
        );
      }
      this.recordStart = this.#position;
      this.#position = this.#at;
      this.line = this.#nextLine;
      this.#nextLine += 1 + this.#linesInside;
      if (this.recordEnd > this.recordStart) return true;
    }
    return false;
  }

  #scan(isEnd: boolean): boolean {
    const { bytes, starts, ends } = this;
    const separator = this.#separator;
    const end = bytes.length;
    let at = this.#position;
    let count = 0;
    this.problem = undefined;
    this.#linesInside = 0;
    for (;;) {
      const start = at;
      if (this.#isQuoted && bytes[at] === QUOTE) {
        at = this.#endOfQuoted(at, isEnd);
        if (at < 0) return false;
      }
      let byte = bytes[at];
      while (at < end && byte !== separator && byte !== LINE_FEED) byte = bytes[++at];
      if (at >= end && !isEnd) return false;
      const isLast = at >= end || byte === LINE_FEED;
      const isReturn = isLast && at > start && bytes[at - 1] === CARRIAGE_RETURN;
      if (count < FIELDS_MAX) {
        starts[count] = start;
        ends[count] = isReturn ? at - 1 : at;
      }
      count += 1;
      if (isLast) {
        this.recordEnd = isReturn ? at - 1 : at;
        break;
      }
      at += 1;
    }
    this.fieldCount = Math.min(count, FIELDS_MAX);
    this.#at = at + 1;
    // Not before all of the record is there: it changes the bytes.
    for (let i = 0; this.#isQuoted && i < this.fieldCount; i++) {
      if (bytes[starts[i] as number] === QUOTE && starts[i] !== ends[i]) this.#unquote(i);
    }
    return true;
  }

  /** Behind the quote that closes; -1 where it may still come. */
  #endOfQuoted(open: number, isEnd: boolean): number {
    const { bytes } = this;
    for (let at = open + 1; ; ) {
      const quote = bytes.indexOf(QUOTE, at);
      if (quote < 0) {
        if (!isEnd) return -1;
        this.problem = 'a quote that closes the field';
        return bytes.length;
      }
      for (let i = bytes.indexOf(LINE_FEED, at); i >= 0 && i < quote; ) {
        this.#linesInside += 1;
        i = bytes.indexOf(LINE_FEED, i + 1);
      }
      if (quote + 1 >= bytes.length && !isEnd) return -1;
      if (bytes[quote + 1] !== QUOTE) return quote + 1;
      at = quote + 2;
    }
  }

  /** Takes the quotes off. Two in a row are one, which is put together in place. */
  #unquote(field: number): void {
    const { bytes } = this;
    const [start, end] = [(this.starts[field] as number) + 1, (this.ends[field] as number) - 1];
    if (this.problem !== undefined) return;
    let close = bytes.indexOf(QUOTE, start);
    let to = close;
    while (bytes[close + 1] === QUOTE && close < end) {
      const next = bytes.indexOf(QUOTE, close + 2);
      bytes.copyWithin(to + 1, close + 2, next);
      bytes[to] = QUOTE;
      to += next - close - 1;
      close = next;
    }
    if (close !== end) this.problem = 'nothing behind the quote that closes the field';
    this.starts[field] = start;
    this.ends[field] = to;
  }
}
