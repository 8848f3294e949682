import { Counter, type Registry } from 'prom-client';
import { ERRORS, type ErrorCode } from '#shared/errors.ts';

const NAME = 'splitwatch_refusals_total';

/**
 * Counts refusals by reason, the same way in every function; all series exist from the start.
 * Called again for the same registry it counts on in the same series.
 */
export function createRefusalCounter(registry: Registry): (reason: ErrorCode) => void {
  const existing = registry.getSingleMetric(NAME) as Counter<'reason'> | undefined;
  const refused = existing ?? newCounter(registry);
  return (reason) => refused.inc({ reason });
}

function newCounter(registry: Registry): Counter<'reason'> {
  const refused = new Counter({
    name: NAME,
    help: 'Requests and batch items that were refused or failed, by reason (docs/errors.md)',
    labelNames: ['reason'],
    registers: [registry],
  });
  for (const reason of Object.keys(ERRORS)) refused.inc({ reason }, 0);
  return refused;
}
