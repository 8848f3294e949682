import { expect, it } from 'vitest';
import { dropSettings } from './drop-kafka.ts';

it('DROP_TOPICS and DROP_GROUPS read names with commas between them', () => {
  expect(dropSettings.DROP_TOPICS.parse('fraud, transactions-dlq')).toEqual({
    value: ['fraud', 'transactions-dlq'],
  });
});

it.each(['', 'a,', 'a b', '*'])(
  'DROP_GROUPS refuses %j with the form that was expected',
  (text) => {
    expect(dropSettings.DROP_GROUPS.parse(text)).toEqual({
      expected: 'names with a comma between them',
    });
  },
);
