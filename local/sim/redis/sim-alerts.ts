import { AppError } from '#shared/errors.ts';
import type { AlertStore } from '../../../functions/notify/alert-store.ts';
import { createMemoryAlertStore } from '../../../functions/notify/store/memory-store.ts';
import type { SimProcess } from '../kernel/sim-process.ts';
import type { VirtualTime } from '../kernel/virtual-time.ts';
import type { Wire } from '../kernel/wire.ts';
import { STORE_DEADLINE_MS } from './sim-totals.ts';

/** The alerts inside the simulated Redis. */
export interface SimAlerts {
  storeFor(process: SimProcess): AlertStore;
  /** As Redis has it, for checks. */
  readonly store: AlertStore;
  loseSince(timeMs: number): void;
  loseAll(): void;
}

interface Step {
  readonly atMs: number;
  readonly take: (store: AlertStore) => Promise<unknown>;
}

/** Notify's embedded store, which all processes share; a loss takes the other steps again. */
export function createSimAlerts(parts: {
  readonly time: VirtualTime;
  readonly wire: Wire;
  readonly server: () => SimProcess | undefined;
}): SimAlerts {
  const { time, wire, server } = parts;
  let store = createMemoryAlertStore();
  let steps: Step[] = [];

  const take = <T>(step: (store: AlertStore) => Promise<T>): Promise<T> => {
    steps.push({ atMs: time.nowMs, take: step });
    return step(store);
  };
  const base = {
    to: server,
    deadlineMs: STORE_DEADLINE_MS,
    failure: (reason: string) => new AppError('state', `Redis: ${reason}`),
  };
  return {
    get store() {
      return store;
    },
    storeFor: (process) => ({
      ...store,
      upsert: (fraud, nowMs) =>
        wire.call({
          ...{ ...base, name: `upsert ${fraud.alertId}/${fraud.sequence}`, from: process },
          work: () => take((taker) => taker.upsert(fraud, nowMs)),
          show: ({ kind, isTold }) => `${kind}, ${isTold ? 'told' : 'to be told'}`,
        }),
      markTold: (alertId, sequence) =>
        wire.call({
          ...{ ...base, name: `told ${alertId}/${sequence}`, from: process },
          work: () => take((taker) => taker.markTold(alertId, sequence)),
          show: () => 'noted',
        }),
    }),
    loseSince: (timeMs) => {
      steps = steps.filter(({ atMs }) => atMs <= timeMs);
      store = createMemoryAlertStore();
      for (const step of steps) void step.take(store);
    },
    loseAll: () => {
      steps = [];
      store = createMemoryAlertStore();
    },
  };
}
