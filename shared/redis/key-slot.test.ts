import { expect, test } from 'vitest';
import { keySlot } from './key-slot.ts';
import { probeKeys } from './write-probe.ts';

test.each([
  ['123456789', 0x31c3],
  ['{user1000}.following', keySlot('user1000')],
  ['foo{{bar}}zap', keySlot('{bar')],
  ['foo{bar}{zap}', keySlot('bar')],
  ['sw:x{é:日本}i', keySlot('é:日本')],
])('%s is in the slot that the specification of Redis Cluster says', (key, slot) => {
  expect(keySlot(key)).toBe(slot);
});

test('an empty hash tag is none', () => {
  expect(keySlot('foo{}{bar}')).not.toBe(keySlot('bar'));
});

test('finds a key for each master, one with a single slot too, and none for a slot without', () => {
  const halves = Array.from({ length: 16_384 }, (_, slot): string => (slot < 8_192 ? 'a' : 'b'));
  const named: (string | undefined)[] = [...halves];
  [named[77], named[78]] = ['c', undefined];
  const keys = probeKeys(named);
  expect(keys.map((key) => named[keySlot(key)]).sort()).toEqual(['a', 'b', 'c']);
});
