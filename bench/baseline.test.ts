import { expect, it } from 'vitest';
import { compare, withRatios } from './baseline.ts';

const BASELINE = { 'door: a': 1, 'door: b': 0.5 };
const verdictOn = (name: string, value: number): string | undefined =>
  compare('door', [{ name, value }], BASELINE)[0]?.verdict;

it.each([
  ['a', 1, 'holds'],
  ['a', 0.851, 'holds'],
  ['a', 0.849, 'fallen'],
  ['a', 3, 'holds'],
  ['b', 0.45, 'holds'],
  ['b', Number.NaN, 'fallen'],
  ['c', 0.1, 'new'],
])('ratio %s at %f %s', (name, value, verdict) => {
  expect(verdictOn(name, value)).toBe(verdict);
});

it('neither judges nor keeps what tells of the machine', () => {
  const ratio = { name: 'a', value: 0.1, isOfMachine: true } as const;
  expect(compare('door', [ratio], BASELINE)[0]?.verdict).toBe('untold');
  expect(withRatios(BASELINE, 'door', [ratio])).toEqual(BASELINE);
});

it('keeps what was not measured, sorted, and three digits of what was', () => {
  const next = withRatios(BASELINE, 'door', [
    { name: 'b', value: 0.123456 },
    { name: '0', value: 12 },
  ]);
  expect(Object.entries(next)).toEqual([
    ['door: 0', 12],
    ['door: a', 1],
    ['door: b', 0.123],
  ]);
});
