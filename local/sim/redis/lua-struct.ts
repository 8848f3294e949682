/**
 * The `struct` library of Redis' Lua, as far as our scripts use it: big-endian unsigned integers
 * (`B`, `H`, `I1` to `I8`) and strings whose length the value before tells (`c0`).
 */
type Field = { readonly kind: 'integer'; readonly bytes: number } | { readonly kind: 'text' };

export type StructValue = number | Uint8Array;

const FORMATS = new Map<string, readonly Field[]>();

export function packStruct(format: string, values: readonly StructValue[]): Uint8Array {
  const fields = fieldsOf(format);
  let size = 0;
  fields.forEach((field, i) => {
    size += field.kind === 'text' ? (values[i] as Uint8Array).length : field.bytes;
  });
  const bytes = new Uint8Array(size);
  let at = 0;
  fields.forEach((field, i) => {
    if (field.kind === 'text') {
      bytes.set(values[i] as Uint8Array, at);
      at += (values[i] as Uint8Array).length;
      return;
    }
    let rest = Number(values[i]);
    for (let place = at + field.bytes - 1; place >= at; place--) {
      bytes[place] = rest % 256;
      rest = Math.floor(rest / 256);
    }
    at += field.bytes;
  });
  return bytes;
}

/** The values at `position`, counted from 1, and last the position behind them. */
export function unpackStruct(format: string, bytes: Uint8Array, position: number): StructValue[] {
  const values: StructValue[] = [];
  let at = position - 1;
  for (const field of fieldsOf(format)) {
    if (field.kind === 'text') {
      const length = values.pop() as number;
      if (at + length > bytes.length) throw new RangeError('struct: data string too short');
      values.push(bytes.subarray(at, at + length));
      at += length;
    } else {
      if (at + field.bytes > bytes.length) throw new RangeError('struct: data string too short');
      let value = 0;
      for (let i = 0; i < field.bytes; i++) value = value * 256 + (bytes[at + i] as number);
      values.push(value);
      at += field.bytes;
    }
  }
  values.push(at + 1);
  return values;
}

function fieldsOf(format: string): readonly Field[] {
  const known = FORMATS.get(format);
  if (known !== undefined) return known;
  const [order, ...letters] = format.match(/^>|[BH]|I\d|c0|./g) ?? [];
  if (order !== '>') throw new RangeError(`struct: ${format} is not big-endian`);
  const fields = letters.map((letter): Field => {
    if (letter === 'c0') return { kind: 'text' };
    if (letter === 'B') return { kind: 'integer', bytes: 1 };
    if (letter === 'H') return { kind: 'integer', bytes: 2 };
    if (letter[0] === 'I') return { kind: 'integer', bytes: Number(letter[1]) };
    throw new RangeError(`struct: ${letter} of ${format} is not known here`);
  });
  FORMATS.set(format, fields);
  return fields;
}
