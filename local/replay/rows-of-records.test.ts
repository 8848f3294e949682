import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '#shared/errors.ts';
import { DECODE_LIMITS, decodeTransactions } from '#shared/events/decode-transactions.ts';
import { RULE } from '../../functions/score/store/contract-cases.ts';
import { type Columns, findColumns, LINE_COLUMNS } from './columns.ts';
import { CsvRecords } from './csv-records.ts';
import { PairBook } from './pair-book.ts';
import { RowsOfRecords } from './rows-of-records.ts';

const NOW_MS = Date.UTC(2026, 10, 22);

/** What the quick reader makes of each line, one after the other: it remembers dates. */
function readLines(lines: readonly string[], columns: Columns): unknown[] {
  const separator = columns === LINE_COLUMNS ? ';' : ',';
  const records = new CsvRecords({ separator, isQuoted: columns !== LINE_COLUMNS });
  const options = { fileName: 'f', nowMs: NOW_MS, maxFutureMs: 300_000, beginMs: 0 };
  const rows = new RowsOfRecords(records, columns, options);
  const book = new PairBook(RULE);
  records.push(Buffer.from(lines.join('\n')));
  const read: unknown[] = [];
  while (records.next(true)) {
    const error = rows.read({
      accounts: book.accounts,
      currencies: book.currencies,
      add: () => {},
    });
    const { id, isIdOwn, eventTimeMs, amountMinor } = rows.row;
    read.push(
      error === undefined
        ? { ...{ eventTimeMs, amountMinor, ...book.pairOf(rows.row) }, ...(!isIdOwn && { id }) }
        : [error.code, error.field, error.expected],
    );
  }
  return read;
}

/** The same of the decoder at score's door. */
function decode(body: string, contentType: string): unknown {
  let hasOwnId = false;
  const makeId = (): string => {
    hasOwnId = true;
    return 'made';
  };
  try {
    const options = { limits: DECODE_LIMITS, nowMs: NOW_MS, makeId };
    const decoded = decodeTransactions({ 'content-type': contentType }, Buffer.from(body), options);
    if (decoded.kind !== 'one') throw new Error('a batch');
    const { id, ...rest } = decoded.transaction;
    return hasOwnId ? rest : { ...rest, id };
  } catch (error) {
    if (error instanceof AppError) return [error.code, error.field, error.expected];
    throw error;
  }
}

const digit = fc.constantFrom(...'0123456789');
const digits = (length: number) => fc.string({ unit: digit, minLength: length, maxLength: length });
const clock = fc
  .tuple(digits(2), digits(2), digits(2))
  .map((parts) => parts.join(':'))
  .filter((text) => text < '30');
const dates = fc.constantFrom('2017-07-23', '2026-11-22', '1969-12-31', '2025-02-29', '9999-12-31');
const rfc3339 = fc
  .tuple(
    dates,
    fc.constantFrom('T', 't', ' '),
    clock,
    fc.constantFrom('', '.5', '.123', '.1239', '.'),
  )
  .chain(([date, t, time, fraction]) =>
    fc
      .constantFrom('Z', 'z', '+01:00', '-23:59', '')
      .map((end) => `${date}${t}${time}${fraction}${end}`),
  );
const rfc850 = fc
  .tuple(fc.constantFrom('Sunday, 23-Jul-17', 'Monday, 23-Jul-17', 'Friday, 31-Dec-99'), clock)
  .chain(([date, time]) =>
    fc.constantFrom(' UTC', ' GMT', ' CET', '').map((end) => `${date} ${time}${end}`),
  );
const times = fc.oneof(
  rfc3339,
  rfc850,
  fc.constantFrom('', 'now', '2026-11-22T00:04:59Z', '2026-11-22T00:05:01Z'),
);
const amounts = fc.oneof(
  fc
    .tuple(fc.nat({ max: 16 }).chain(digits), fc.constantFrom('', '.', '.5', '.05', '.005'))
    .map((p) => p.join('')),
  fc.constantFrom('-1', '1e3', '90071992547409.91', '90071992547409.92', '1,5', ' 1', '٣'),
);
const names = fc.oneof(
  fc.constantFrom(
    '66',
    '26',
    'é',
    'x'.repeat(64),
    'x'.repeat(65),
    '',
    'a\tb',
    '\u202e',
    '😀'.repeat(64),
  ),
  fc.string({ unit: fc.constantFrom(...'aé0#% '), maxLength: 5 }),
);
const currencies = fc.constantFrom('USD', 'EUR', 'JPY', 'usd', '', 'US');
const ids = fc.constantFrom(
  '',
  'a',
  'a#b',
  'a b',
  '%',
  'é',
  '\u0001',
  'x'.repeat(300),
  'x'.repeat(600),
);
const lists = <T>(line: fc.Arbitrary<T>) => fc.array(line, { minLength: 1, maxLength: 8 });

describe('the quick reader', () => {
  it('reads a line of the seeds as score does, or refuses it for the same reason (S1, S4, S5)', () => {
    const lines = fc.tuple(times, names, names, amounts).map((parts) => parts.join(';'));
    fc.assert(
      fc.property(lists(lines), (list) => {
        const expected = list.map((line) => decode(line, 'text/plain'));
        expect(readLines(list, LINE_COLUMNS)).toEqual(expected);
      }),
      { numRuns: 1000 },
    );
  });

  it('reads a record of CSV as score reads the same in JSON, or refuses it for the same reason', () => {
    const header = ['timestamp', 'origin', 'target', 'amount', 'currency', 'id'];
    const columns = findColumns(header, new Map());
    const fields = fc.tuple(times, names, names, amounts, currencies, ids);
    fc.assert(
      fc.property(lists(fields), (list) => {
        const quoted = list.map((each) => each.map((text) => `"${text}"`).join(','));
        const expected = list.map((each) => {
          const members = header.map((name, i) => [name, each[i]] as const);
          const said = members.filter(([, text], i) => i < 4 || text !== '');
          return decode(JSON.stringify(Object.fromEntries(said)), 'application/json');
        });
        expect(readLines(quoted, columns)).toEqual(expected);
      }),
      { numRuns: 1000 },
    );
  });

  it('refuses what is not UTF-8, and a line that is cut off', () => {
    const records = new CsvRecords({ separator: ';', isQuoted: false });
    const options = { fileName: 'f', nowMs: NOW_MS, maxFutureMs: 0, beginMs: 0 };
    const rows = new RowsOfRecords(records, LINE_COLUMNS, options);
    const target = { ...new PairBook(RULE), add: () => {} };
    const line = Buffer.from('2017-07-23T00:00:00Z;a?;b;1\n2017-07-23T00:00:00Z;a;b\n');
    line[line.indexOf('?')] = 0xff;
    records.push(line);
    records.next(true);
    expect(rows.read(target)).toMatchObject({ field: 'line', expected: 'UTF-8' });
    records.next(true);
    expect(rows.read(target)?.expected).toBe('timestamp;origin;target;amount');
  });
});
