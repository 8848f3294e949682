import { expect, it } from 'vitest';
import { recordPlace } from './record-place.ts';

it('reads partition and offset', () => {
  expect(recordPlace('3', '42')).toEqual({ partition: 3, offset: 42 });
});

it.each([
  ['3', undefined],
  [undefined, '42'],
  ['3', '-1'],
  ['3', '4.2'],
  ['3', '1e3'],
  ['', '42'],
  ['4294967296', '42'],
  ['3', '9007199254740993'],
  [3, 42],
])('takes no place from partition %j and offset %j', (partition, offset) => {
  expect(recordPlace(partition, offset)).toBeUndefined();
});
