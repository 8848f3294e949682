import fc from 'fast-check';
import { expect, it } from 'vitest';
import { packStruct, unpackStruct } from './lua-struct.ts';

it('packs big-endian, and strings behind their length', () => {
  const packed = packStruct('>BHI6Hc0', [1, 2, 2 ** 40, 2, Buffer.from('ab')]);
  expect(Buffer.from(packed).toString('hex')).toBe('01000201000000000000026162');
});

it('reads back what it packs, from any position', () => {
  const value = fc.tuple(fc.nat(2 ** 48 - 1), fc.uint8Array({ maxLength: 20 }), fc.nat(255));
  fc.assert(
    fc.property(value, fc.nat(5), ([number, text, flags], before) => {
      const packed = packStruct('>I6Hc0B', [number, text.length, text, flags]);
      const padded = Buffer.concat([Buffer.alloc(before), packed]);
      const [n, t, f, after] = unpackStruct('>I6Hc0B', padded, before + 1);
      expect([n, Buffer.from(t as Uint8Array), f]).toEqual([number, Buffer.from(text), flags]);
      expect(after).toBe(padded.length + 1);
    }),
  );
});

it('refuses what it does not know, and data that are too short', () => {
  expect(() => packStruct('<I4', [1])).toThrow(/big-endian/);
  expect(() => packStruct('>d', [1])).toThrow(/not known/);
  expect(() => unpackStruct('>I4', Buffer.alloc(3), 1)).toThrow(/too short/);
});
