import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CsvRecords } from './csv-records.ts';

/** The records of a text that comes in pieces of the given lengths, each as `line: fields`. */
function read(text: string, pieces: readonly number[] = [], isQuoted = true): unknown[] {
  const records = new CsvRecords({ separator: ',', isQuoted });
  const bytes = Buffer.from(text);
  const found: unknown[] = [];
  const take = (isEnd: boolean): void => {
    while (records.next(isEnd)) {
      const fields = Array.from({ length: records.fieldCount }, (_, i) =>
        records.bytes.toString('utf8', records.starts[i], records.ends[i]),
      );
      found.push(records.problem === undefined ? [records.line, ...fields] : records.problem);
    }
  };
  let from = 0;
  for (const length of [...pieces, bytes.length]) {
    records.push(bytes.subarray(from, from + length));
    from += length;
    take(false);
  }
  take(true);
  return found;
}

describe('records of CSV', () => {
  it('are read back as they were written, in whatever pieces they come (RFC 4180)', () => {
    const field = fc.string({
      unit: fc.constantFrom('a', 'é', '"', ',', '\n', '\r', ' '),
      maxLength: 6,
    });
    const record = fc.array(field, { minLength: 2, maxLength: 5 });
    const pieces = fc.array(fc.nat(9), { maxLength: 20 });
    fc.assert(
      fc.property(
        fc.array(record, { maxLength: 6 }),
        pieces,
        fc.constantFrom('\n', '\r\n'),
        (list, cut, end) => {
          const quoted = (text: string): string =>
            /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
          const text = list.map((fields) => fields.map(quoted).join(',') + end).join('');
          expect(read(text, cut).map((fields) => (fields as unknown[]).slice(1))).toEqual(list);
        },
      ),
    );
  });

  it('know their lines, those inside quotes and empty ones counted', () => {
    expect(read('a,b\n\n"c\nd",e\nf,g')).toEqual([
      [1, 'a', 'b'],
      [3, 'c\nd', 'e'],
      [5, 'f', 'g'],
    ]);
  });

  it.each([
    ['"a,b\n', 'a quote that closes the field'],
    ['"a"b,c\n', 'nothing behind the quote that closes the field'],
  ])('say what is wrong with the quotes of %j', (text, problem) => {
    expect(read(text)).toEqual([problem]);
  });

  it('take quotes as they stand inside a field, and everywhere where none are meant', () => {
    expect(read('a"b,c\n')).toEqual([[1, 'a"b', 'c']]);
    expect(read('"a,b"\n', [], false)).toEqual([[1, '"a', 'b"']]);
  });

  it('give up on a line that does not end', () => {
    const records = new CsvRecords({ separator: ',', isQuoted: true });
    records.push(Buffer.from(`a,b\n"${'x'.repeat(5_000_000)}`));
    expect(records.next(false)).toBe(true);
    expect(() => records.next(false)).toThrow(/^line 2: no end of this line .* quote/);
  });
});
