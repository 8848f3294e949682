import { Counter, type Registry } from 'prom-client';
import { ERRORS, type ErrorCode } from '#shared/errors.ts';

/** Counts refusals by reason, the same way in every function; all series exist from the start. */
export function createRefusalCounter(registry: Registry): (reason: ErrorCode) => void {
  const refused = new Counter({
    name: 'splitwatch_refusals_total',
    help: 'Requests and batch items that were refused or failed, by reason (docs/errors.md)',
    labelNames: ['reason'],
    registers: [registry],
  });
  for (const reason of Object.keys(ERRORS)) refused.inc({ reason }, 0);
  return (reason) => refused.inc({ reason });
}
