import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { AppError } from '#shared/errors.ts';
import { RULE } from '../../functions/score/store/contract-cases.ts';
import { type ColumnName, parseColumns } from './columns.ts';
import { PairBook } from './pair-book.ts';
import { type FileOptions, readFile } from './read-file.ts';
import type { Row } from './replay.ts';

async function read(
  text: string,
  columns: ReadonlyMap<ColumnName, string> = new Map(),
  more: Partial<FileOptions> = {},
) {
  const book = new PairBook(RULE);
  const rows: string[] = [];
  const refused: string[] = [];
  const add = (row: Row): void => {
    const { origin, target, currency } = book.pairOf(row);
    const time = new Date(row.eventTimeMs).toISOString();
    const label = row.isLabelled ? ' labelled' : '';
    rows.push(`${time} ${origin} ${target} ${row.amountMinor} ${currency}${label}`);
  };
  const form = await readFile(
    Readable.from([Buffer.from(text)]),
    { accounts: book.accounts, currencies: book.currencies, add },
    {
      ...{ fileName: 'f', columns, isUtc: false, nowMs: Date.UTC(2026, 10, 22), maxFutureMs: 0 },
      beginMs: Date.UTC(2026, 0, 1),
      onRefused: (place: string, error: AppError) => refused.push(`${place}: ${error.message}`),
      ...more,
    },
  );
  return { form, rows, refused };
}

describe('a file', () => {
  it.each([
    [
      'our own columns',
      'CSV, Splitwatch',
      'amount;timestamp;target;origin\n12.5;2026-01-05T09:00:00Z;b;a\n',
      '2026-01-05T09:00:00.000Z a b 1250 USD',
    ],
    [
      'a byte order mark and carriage returns',
      'CSV, Splitwatch',
      '\ufeffTimestamp,Origin,Target,Amount,currency\r\n2026-01-05T09:00:00Z,a,b,1,EUR\r\n',
      '2026-01-05T09:00:00.000Z a b 100 EUR',
    ],
    [
      'lines of the seeds',
      'lines',
      'Sunday, 23-Jul-17 01:06:47 UTC;66;26;7810',
      '2017-07-23T01:06:47.000Z 66 26 781000 USD',
    ],
    [
      'JSON lines',
      'JSON lines',
      '{"timestamp":"2026-01-05T09:00:00Z","origin":"a","target":"b","amount":1.10}\n',
      '2026-01-05T09:00:00.000Z a b 110 USD',
    ],
    [
      'CloudEvents',
      'JSON lines',
      '{"specversion":"1.0","type":"t","source":"/s","id":"1","data":"2026-01-05T09:00:00Z;a;b;1"}\n',
      '2026-01-05T09:00:00.000Z a b 100 USD',
    ],
    [
      'IBM AMLworld',
      'CSV, IBM AMLworld',
      'Timestamp,From Bank,Account,To Bank,Account,Amount Received,Receiving Currency,Amount Paid,Payment Currency,Payment Format,Is Laundering\n2022/09/01 00:20,010,8000EBD30,012,8000EBD31,3697.34,US Dollar,3697.35,Euro,ACH,1\n',
      '2022-09-01T00:20:00.000Z 010-8000EBD30 012-8000EBD31 369735 EUR labelled',
    ],
    [
      'SAML-D',
      'CSV, SAML-D',
      'Time,Date,Sender_account,Receiver_account,Amount,Payment_currency,Received_currency,Sender_bank_location,Receiver_bank_location,Payment_type,Is_laundering,Laundering_type\n10:35:19,2022-10-07,8724731955,2769355426,1459.15,UK pounds,UK pounds,UK,UK,Cash Deposit,0,Normal\n',
      '2022-10-07T10:35:19.000Z 8724731955 2769355426 145915 GBP',
    ],
    [
      'PaySim',
      'CSV, PaySim',
      'step,type,amount,nameOrig,oldbalanceOrg,newbalanceOrig,nameDest,oldbalanceDest,newbalanceDest,isFraud,isFlaggedFraud\n25,TRANSFER,181.0,C1,181.0,0.0,C2,0.0,0.0,1,0\n',
      '2026-01-02T01:00:00.000Z C1 C2 18100 USD labelled',
    ],
  ])('of %s is known by its first line (S4)', async (_name, form, text, row) => {
    expect(await read(text)).toEqual({ form, rows: [row], refused: [] });
  });

  it('is read by the columns that are named, also without offsets where they are said to be UTC', async () => {
    const text = 'Date,Time,From,To,What,USD\n2026-01-05,09:00:00,a,b,x,3.50\n';
    const columns = parseColumns('timestamp=Date+Time,origin=From,target=4,amount=USD');
    const { rows } = await read(text, columns, { isUtc: true });
    expect(rows).toEqual(['2026-01-05T09:00:00.000Z a b 350 USD']);
  });

  it('goes on behind what is refused, and names its line, field and cure', async () => {
    const good = '2026-01-05T09:00:00Z,a,b,1';
    const text = `timestamp,origin,target,amount\n${good}\n2026-01-05 09:00,a,b,1\n${good}9,9\n\n${good}e3\n`;
    const { rows, refused } = await read(text);
    expect(rows).toHaveLength(2);
    expect(refused).toEqual([
      expect.stringMatching(/^line 3: timestamp: expected a time .* such as 2026-11-22T10:00:00/),
      expect.stringMatching(/^line 6: amount: expected a decimal with at most two decimals/),
    ]);
  });

  it.each([
    ['', /^line 1 is empty/],
    [
      'a,b\n1,2\n',
      /no column for timestamp, origin, target, amount among "a", "b"; name them: --columns timestamp=COLUMN/,
    ],
    ['\u0001\u0002', /no column for/],
  ])('that starts with %j is refused with what is missing', async (text, message) => {
    await expect(read(text)).rejects.toThrow(message);
  });

  it('is refused where a column is named that it has not', async () => {
    const columns = parseColumns('timestamp=Zeit');
    await expect(read('timestamp,origin,target,amount\n', columns)).rejects.toThrow(
      '--columns timestamp=Zeit',
    );
    expect(() => parseColumns('when=1')).toThrow('expected NAME=COLUMN');
  });
});
