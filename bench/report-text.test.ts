import { expect, it } from 'vitest';
import { compare } from './baseline.ts';
import { digits, machineText, resultText } from './report-text.ts';

it.each([
  [0.4567, '0.457'],
  [1.005, '1.00'],
  [12.345, '12.3'],
  [1234.5, '1235'],
  [0.00012, '0.0001'],
  [Number.NaN, '–'],
])('writes %f as %s', (value, text) => {
  expect(digits(value)).toBe(text);
});

it('prints tables, and beside each ratio its aim, its baseline and what is wrong with it', () => {
  const ratios = [
    { name: 'a ÷ b', value: 0.4, aim: 0.5 },
    { name: 'new', value: 2 },
  ];
  const table = { head: ['what', 'µs'], rows: [['a', '1.0']] };
  const result = { summary: 'Once', tables: [table], ratios, charts: [] };
  const text = resultText('door', result, compare('door', ratios, { 'door: a ÷ b': 0.6 }));
  expect(text.split('\n')).toEqual([
    ...['### door', '', 'Once', ''],
    ...['| what | µs |', '| --- | ---: |', '| a | 1.0 |', ''],
    '| ratio | now | aim | baseline |  |',
    '| --- | ---: | ---: | ---: | ---: |',
    '| a ÷ b | 0.400 | 0.500 | 0.600 | FALLEN, below its aim |',
    '| new | 2.00 |  |  |  |',
    ...['', ''],
  ]);
});

it('says that a busy machine was busy', () => {
  const machine = { cpu: 'X', cores: 2, node: 'v24', loadBefore: 0.1 };
  expect(machineText(machine)).not.toContain('BUSY');
  expect(machineText({ ...machine, loadBefore: 1 })).toContain('BUSY');
});
