import { formatSeedAlert, seedHeader } from '../core/seed-format.ts';
import type { Channel, Write } from './channel.ts';

/** The viewer's lines in the seeds' format: the header now, a block for each alert. */
export function createLogChannel(options: {
  write: Write;
  broker: string;
  topic: string;
}): Channel {
  options.write(seedHeader(options.broker, options.topic));
  return {
    name: 'log',
    tell: (fraud) => options.write(formatSeedAlert(fraud)),
    close: async () => {},
  };
}
