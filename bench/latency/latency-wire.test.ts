import { expect, it } from 'vitest';
import { EVENTS, LINES } from './latency-wire.ts';

const SENT = { origin: '1', target: '2', amount: 5, number: 7, eventTimeMs: 1_500_771_607_123 };
const fraud = (text: string) => ({ key: null, value: Buffer.from(text), headers: {} });

it.each([
  ['score', EVENTS],
  ['Flink', LINES],
])('%s is told the number of a transaction', (_, wire) => {
  expect(wire.numberOf(wire.toRecord(SENT))).toBe(7);
});

it('takes the newest transaction of a fraud event for its cause', () => {
  const transactions = [{ id: '/bench#5' }, { id: '/bench#7' }];
  expect(EVENTS.causeOf(fraud(JSON.stringify({ transactions })))).toBe(7);
});

it('reads the cause of an alert of Flink from its last line', () => {
  expect(LINES.causeOf(fraud('TransactionAggregate {…}\nn=7'))).toBe(7);
  expect(LINES.causeOf(fraud('TransactionAggregate {…}'))).toBeNaN();
});
