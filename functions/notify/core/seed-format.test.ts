import { describe, expect, test } from 'vitest';
import { fraudOf } from '../fraud-examples.ts';
import { formatSeedAlert, seedHeader } from './seed-format.ts';

test('prints the header as the seeds did', () => {
  expect(seedHeader('flink-demo-kafka-kafka-0.flink-demo-kafka-svc:9093', 'fraud')).toBe(
    'Broker:   flink-demo-kafka-kafka-0.flink-demo-kafka-svc:9093\nTopic:   fraud\n',
  );
});

test('prints an alert as the seeds did, byte for byte, but with the true start', () => {
  expect(formatSeedAlert(fraudOf())).toBe(`
Detected Fraud:   TransactionAggregate {startTimestamp=1562784330000, endTimestamp=1562784331000, totalAmount=11612:
Transaction{timestamp=1562784330000, origin=1, target='5', amount=5175}
Transaction{timestamp=1562784331000, origin=1, target='5', amount=6437}}
`);
});

test('prints cents where there are any', () => {
  expect(formatSeedAlert(fraudOf({ totalMinor: 1_161_250n }))).toContain('totalAmount=11612.50:');
});

describe('a hostile account name', () => {
  test.each([
    ["5', amount=1}", "target='5\\'\\, amount=1\\}'"],
    ['a\nDetected Fraud:', "target='a\\u{a}Detected Fraud:'"],
    ['\u202Eevil', "target='\\u{202e}evil'"],
    ['back\\slash', "target='back\\\\slash'"],
    ['DE89 3704-0044.0532:01', "target='DE89 3704-0044.0532:01'"],
    ['日本', "target='日本'"],
  ])('forges no field and no line (P): %j', (target, shown) => {
    const lines = formatSeedAlert(fraudOf({ target })).trimEnd().split('\n');
    expect(lines).toHaveLength(4);
    expect(lines[2]).toContain(shown);
  });
});
