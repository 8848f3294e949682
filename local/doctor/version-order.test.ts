import { expect, it } from 'vitest';
import { isOlder } from './version-order.ts';

it.each([
  ['6.0.9', '6.2', true],
  ['6.2', '6.2', false],
  ['6.2.14', '6.2', false],
  ['5.9', '6.2', true],
  ['7', '7.0', false],
  ['6', '6.2', false],
  ['v1.9.0', '1.22', true],
  ['1.23.1', '1.22', false],
  ['1.100', '1.22', false],
  ['devel', '1.22', false],
  ['', '1.22', false],
])('%s before %s: %s', (version, than, answer) => {
  expect(isOlder(version, than)).toBe(answer);
});
