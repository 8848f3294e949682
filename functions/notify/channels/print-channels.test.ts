import { expect, test } from 'vitest';
import { fraudToJson } from '#shared/events/fraud-event.ts';
import { fraudOf } from '../fraud-examples.ts';
import { createJsonChannel } from './json-channel.ts';
import { createLogChannel } from './log-channel.ts';

test('the log channel prints the header once, then a block for each alert', () => {
  let text = '';
  const write = (more: string) => {
    text += more;
  };
  const channel = createLogChannel({ write, broker: 'kafka:9092', topic: 'fraud' });
  channel.tell(fraudOf());
  channel.tell(fraudOf({ alertId: 'b' }));
  expect(text.match(/Broker:/g)).toHaveLength(1);
  expect(text.match(/\n\nDetected Fraud: {3}TransactionAggregate \{/g)).toHaveLength(2);
});

test('the JSON channel prints one line an alert: the data of W2', () => {
  const lines: string[] = [];
  const channel = createJsonChannel({ write: (line) => lines.push(line) });
  channel.tell(fraudOf({ origin: 'a\u2028b' }));
  expect(lines).toHaveLength(1);
  expect(lines[0]?.endsWith('\n')).toBe(true);
  expect(JSON.parse(lines[0] as string)).toEqual(fraudToJson(fraudOf({ origin: 'a\u2028b' })));
});
