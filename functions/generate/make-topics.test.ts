import { describe, expect, it } from 'vitest';
import { makeTopicsSetting } from './make-topics.ts';

describe('MAKE_TOPICS', () => {
  it('reads names, partitions and, where given, replicas', () => {
    expect(makeTopicsSetting.parse('transactions:6, fraud:3:2')).toEqual({
      value: [
        { name: 'transactions', partitions: 6 },
        { name: 'fraud', partitions: 3, replicas: 2 },
      ],
    });
  });

  it.each(['', 'transactions', 'a:0', 'a:1:0', 'a b:1', 'a:1,', 'a:1:2:3', 'a:-1'])(
    'refuses %j with the form that was expected',
    (text) => {
      expect(makeTopicsSetting.parse(text)).toEqual({
        expected: 'NAME:PARTITIONS or NAME:PARTITIONS:REPLICAS',
      });
    },
  );
});
