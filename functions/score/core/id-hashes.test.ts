import { expect, it } from 'vitest';
import { addHash, hashesOf, mayHold, widerHashes } from './id-hashes.ts';

const named = (count: number, from = 0) =>
  Array.from({ length: count }, (_, i) => ({ id: `/bank/é#${from + i}` }));

it('knows every id that was put in, and hardly another', () => {
  const hashes = hashesOf(named(5000));
  for (const { id } of named(3000, 5000)) expect(addHash(hashes, id)).toBe(true);
  expect(named(8000).every(({ id }) => mayHold(hashes, id))).toBe(true);
  expect(named(8000, 8000).filter(({ id }) => mayHold(hashes, id)).length).toBeLessThan(3);
});

it('says when it is full', () => {
  const hashes = hashesOf([]);
  const taken = named(100).filter(({ id }) => addHash(hashes, id));
  expect(taken.length).toBeLessThan(hashes.slots.length);
  const wider = widerHashes(hashes);
  for (const each of [hashes, wider]) {
    expect(taken.every(({ id }) => mayHold(each, id))).toBe(true);
  }
  expect(addHash(wider, 'one more')).toBe(true);
});
