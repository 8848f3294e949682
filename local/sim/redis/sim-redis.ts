import type { Chance } from '../kernel/chance.ts';
import { createProcess, type SimProcess } from '../kernel/sim-process.ts';
import type { VirtualTime } from '../kernel/virtual-time.ts';
import type { SimAlerts } from './sim-alerts.ts';
import type { SimTotals } from './sim-totals.ts';

/** What a restart or a failover of Redis forgets. */
export type Loss = { readonly sinceMs: number } | 'all' | 'nothing';

/** The Redis that totals and alerts share: it is there or away, and may come back forgetful. */
export interface SimRedis {
  /** Undefined while it is away. */
  readonly process: SimProcess | undefined;
  restart(name: string, loss: Loss): void;
}

const AWAY_MS = { min: 300, max: 9_000 };

export function createSimRedis(
  time: VirtualTime,
  chance: Chance,
): SimRedis & {
  holds: (parts: { readonly totals: SimTotals; readonly alerts: SimAlerts }) => void;
} {
  let process: SimProcess | undefined = createProcess('outside', 'redis');
  let held: { readonly totals: SimTotals; readonly alerts: SimAlerts } | undefined;
  let starts = 0;
  return {
    get process() {
      return process;
    },
    holds: (parts) => {
      held = parts;
    },
    restart(name, loss) {
      process?.end();
      process = undefined;
      if (loss === 'all') {
        held?.totals.loseAll();
        held?.alerts.loseAll();
      } else if (loss !== 'nothing') {
        held?.totals.loseSince(loss.sinceMs);
        held?.alerts.loseSince(loss.sinceMs);
      }
      const start = ++starts;
      time.after(chance.between(`away ${name}`, AWAY_MS.min, AWAY_MS.max), () => {
        if (start === starts) process = createProcess('outside', 'redis');
      });
    },
  };
}
