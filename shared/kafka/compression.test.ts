import { compress } from 'snappyjs';
import { expect, it } from 'vitest';
import { unpackXerial } from './compression.ts';

const HEADER = Buffer.from('\x82SNAPPY\0\0\0\0\x01\0\0\0\x01', 'latin1');
const frame = (text: string): Buffer => {
  const block = compress(Buffer.from(text));
  const length = Buffer.alloc(4);
  length.writeInt32BE(block.length);
  return Buffer.concat([length, block]);
};

it('reads Snappy in frames, and without any', () => {
  const framed = Buffer.concat([HEADER, frame('one '), frame('two '), frame('three')]);
  expect(unpackXerial(framed).toString()).toBe('one two three');
  expect(unpackXerial(Buffer.from(compress(Buffer.from('bare')))).toString()).toBe('bare');
});

it.each([
  ['a frame that is cut off', Buffer.concat([HEADER, frame('one').subarray(0, 5)])],
  ['a length below zero', Buffer.concat([HEADER, Buffer.from([0xff, 0xff, 0xff, 0xff, 1])])],
  ['nothing of Snappy', Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f])],
])('refuses %s', (_what, packed) => {
  expect(() => unpackXerial(packed)).toThrow();
});
