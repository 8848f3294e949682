import type { AppError } from '#shared/errors.ts';
import {
  type ColumnName,
  type Columns,
  findColumns,
  LINE_COLUMNS,
  separatorOf,
} from './columns.ts';
import { CsvRecords } from './csv-records.ts';
import {
  emptyRow,
  namesOf,
  type RowOptions,
  RowsOfRecords,
  type RowTarget,
  readInto,
} from './rows-of-records.ts';

export interface FileOptions extends RowOptions {
  readonly columns: ReadonlyMap<ColumnName, string>;
  /** Times without an offset are UTC. */
  readonly isUtc: boolean;
  readonly onRefused: (place: string, error: AppError) => void;
  /** After each piece; waits for what it returns. */
  readonly onPiece?: (bytes: number) => void | Promise<void>;
}

/** Reads the current record, whatever its form, and gives it on; a refusal is returned. */
type ReadRecord = (target: RowTarget) => AppError | undefined;

interface Reader {
  /** How the form is called in the summary. */
  readonly name: string;
  readonly records: CsvRecords;
  readonly read: ReadRecord;
}

/**
 * Reads transactions from the bytes of a file, whatever form of S4 or CSV its first line shows, and
 * gives each to the target. Returns what form it was.
 * @throws Error that says what is wrong with the first line, and the cure.
 */
export async function readFile(
  pieces: AsyncIterable<Buffer>,
  target: RowTarget,
  options: FileOptions,
): Promise<string> {
  let reader: Reader | undefined;
  let first = Buffer.alloc(0);
  for await (const piece of pieces) {
    if (reader === undefined) {
      first = Buffer.concat([first, piece]);
      if (first.indexOf('\n') < 0 && first.length < FIRST_LINE_MAX_BYTES) continue;
      reader = openReader(first, target, options);
    } else reader.records.push(piece);
    readRecords(reader, target, options, false);
    await options.onPiece?.(piece.length);
  }
  reader ??= openReader(first, target, options);
  readRecords(reader, target, options, true);
  return reader.name;
}

const FIRST_LINE_MAX_BYTES = 1024 * 1024;

function readRecords(
  { records, read }: Reader,
  target: RowTarget,
  { onRefused }: FileOptions,
  isEnd: boolean,
): void {
  while (records.next(isEnd)) {
    const error = read(target);
    if (error !== undefined) onRefused(`line ${records.line}`, error);
  }
}

function openReader(bytes: Buffer, target: RowTarget, options: FileOptions): Reader {
  const whole = bytes.subarray(0, 3).equals(BYTE_ORDER_MARK) ? bytes.subarray(3) : bytes;
  const end = whole.indexOf('\n');
  const line = whole.toString('utf8', 0, end < 0 ? whole.length : end).trim();
  if (line === '') throw new Error('line 1 is empty: expected a header, or a transaction');
  if (line.startsWith('{')) return openJson(whole, options);
  const isSeedLine = line.split(';').length === 4 && /\d/.test(line.split(';')[3] as string);
  if (isSeedLine && options.columns.size === 0) {
    return openCsv(whole, ';', LINE_COLUMNS, options);
  }
  const separator = separatorOf(line);
  const reading = new CsvRecords({ separator, isQuoted: true });
  reading.push(Buffer.from(`${line}\n`));
  reading.next(true);
  const header = Array.from({ length: reading.fieldCount }, (_, i) =>
    reading.bytes.toString('utf8', reading.starts[i], reading.ends[i]),
  );
  const columns = findColumns(header, options.columns);
  if (columns.label !== undefined) target.expectLabels?.();
  const timeForm = options.isUtc && columns.timeForm === 'strict' ? 'utc' : columns.timeForm;
  const reader = openCsv(whole, separator, { ...columns, timeForm }, options);
  reader.records.next(false);
  return reader;
}

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

function openCsv(bytes: Buffer, separator: string, columns: Columns, options: FileOptions): Reader {
  const records = new CsvRecords({ separator, isQuoted: columns !== LINE_COLUMNS });
  records.push(bytes);
  const rows = new RowsOfRecords(records, columns, options);
  return {
    name: columns === LINE_COLUMNS ? 'lines' : `CSV, ${columns.name}`,
    records,
    read: (target) => {
      const error = rows.read(target);
      if (error === undefined) target.add(rows.row);
      return error;
    },
  };
}

/** One object a line: a transaction, or a CloudEvent with one in it. */
function openJson(bytes: Buffer, { nowMs, maxFutureMs, fileName }: FileOptions): Reader {
  const records = new CsvRecords({ separator: undefined, isQuoted: false });
  records.push(bytes);
  const row = emptyRow();
  row.nameOf = namesOf(fileName);
  return {
    name: 'JSON lines',
    records,
    read: (target) => {
      const body = Buffer.from(records.bytes.subarray(records.recordStart, records.recordEnd));
      const contentType = body.includes('"specversion"')
        ? 'application/cloudevents+json'
        : 'application/json';
      const error = readInto(row, target, body, {
        contentType,
        nowMs,
        maxFutureMs,
        line: records.line,
      });
      if (error === undefined) target.add(row);
      return error;
    },
  };
}
