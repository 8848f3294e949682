import type { Rule } from '#shared/domain/rule.ts';
import type { Transaction } from '#shared/domain/transaction.ts';
import { AppError } from '#shared/errors.ts';
import { createMemoryTotalsStore } from '../../../functions/score/store/memory-store.ts';
import type { Decision } from '../../../functions/score/totals-store.ts';
import type { SimProcess } from '../kernel/sim-process.ts';
import type { VirtualTime } from '../kernel/virtual-time.ts';
import type { Wire } from '../kernel/wire.ts';
import { type OnAdd, type SimTotals, STORE_DEADLINE_MS, showDecision } from './sim-totals.ts';

export interface TotalsParts {
  readonly rule: Rule;
  readonly stateTtlMs: number;
  readonly time: VirtualTime;
  readonly wire: Wire;
  readonly server: () => SimProcess | undefined;
  readonly onAdd: OnAdd;
}

interface Step {
  readonly atMs: number;
  readonly kind: 'add' | 'sent';
  readonly transaction: Transaction;
}

/**
 * The simulated Redis with the pure core in it: one embedded store that all processes share. What
 * a restart forgets is forgotten by taking all other steps again.
 */
export function createMemoryTotals(parts: TotalsParts): SimTotals {
  const { rule, stateTtlMs, time, wire, server, onAdd } = parts;
  let clockMs = time.nowMs;
  const open = () => createMemoryTotalsStore({ rule, stateTtlMs, now: () => clockMs });
  let store = open();
  let steps: Step[] = [];

  const take = (step: Step): Promise<Decision | undefined> => {
    clockMs = step.atMs;
    return step.kind === 'add'
      ? store.add(step.transaction)
      : store.sent(step.transaction).then(() => undefined);
  };
  const takeNow = (kind: Step['kind'], transaction: Transaction) => {
    const step = { atMs: time.nowMs, kind, transaction };
    steps.push(step);
    return take(step);
  };
  const failure = (reason: string): AppError => new AppError('state', `Redis: ${reason}`);

  return {
    storeFor: (process) => ({
      ...store,
      add: (transaction) =>
        wire.call({
          ...{ name: `add ${transaction.id}`, from: process, to: server, failure },
          deadlineMs: STORE_DEADLINE_MS,
          work: async () => {
            const decision = (await takeNow('add', transaction)) as Decision;
            onAdd(transaction.id, decision);
            return decision;
          },
          show: showDecision,
        }),
      sent: async (transaction) => {
        const noting = wire.call({
          ...{ name: `sent ${transaction.id}`, from: process, to: server, failure },
          deadlineMs: STORE_DEADLINE_MS,
          work: () => takeNow('sent', transaction),
          show: () => 'noted',
        });
        await noting.catch(() => {}); // as the store in Redis: it is only sent once more
      },
    }),
    read: (pair) => store.read(pair),
    loseSince: (timeMs) => {
      steps = steps.filter(({ atMs }) => atMs <= timeMs);
      store = open();
      for (const step of steps) void take(step);
    },
    loseAll: () => {
      steps = [];
      store = open();
    },
  };
}
