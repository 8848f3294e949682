import { destination, type Logger, pino } from 'pino';

export type Log = Logger;

/**
 * A logger that writes one JSON object a line to standard error. JSON escapes control characters,
 * so nothing that came from outside can forge a line (spec P).
 */
export function createLog(name: string, level: string): Log {
  return pino({ name, level, base: { name } }, destination({ dest: 2, sync: true }));
}
