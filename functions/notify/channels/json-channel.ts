import { fraudToJson } from '#shared/events/fraud-event.ts';
import type { Channel, Write } from './channel.ts';

/** One JSON object a line: the data of the fraud event (W2). */
export function createJsonChannel(options: { write: Write }): Channel {
  return {
    name: 'json',
    tell: (fraud) => options.write(`${JSON.stringify(fraudToJson(fraud))}\n`),
    close: async () => {},
  };
}
