import type { Rule } from '#shared/domain/rule.ts';
import type { StoredRecord } from '#shared/kafka/topic.ts';
import type { Ledger } from '../checks/ledger.ts';
import type { Faults } from '../faults/faults.ts';
import type { Chance } from '../kernel/chance.ts';
import { createProcess, type SimProcess } from '../kernel/sim-process.ts';
import type { Trace } from '../kernel/trace.ts';
import type { VirtualTime } from '../kernel/virtual-time.ts';
import { createWire } from '../kernel/wire.ts';
import { createLuaTotals } from '../redis/lua-totals.ts';
import { createMemoryTotals } from '../redis/memory-totals.ts';
import { createSimAlerts, type SimAlerts } from '../redis/sim-alerts.ts';
import { createSimRedis } from '../redis/sim-redis.ts';
import type { SimTotals } from '../redis/sim-totals.ts';
import type { TrafficPlan } from '../traffic-plan.ts';
import { createDispatchers } from './dispatchers.ts';
import { createFleet, type Running } from './fleet.ts';
import { createOperator } from './operator.ts';
import { createNotifyPod, createScorePod, type Door } from './pods.ts';
import { createRevisions } from './revisions.ts';
import { SimGroup } from './sim-group.ts';
import { createSimSink } from './sim-sink.ts';
import { createSimTopics } from './sim-topics.ts';
import { scheduleTimedFaults } from './timed-faults.ts';

export interface WorldParts {
  readonly rule: Rule;
  readonly ordering: 'ordered' | 'unordered';
  readonly store: 'core' | 'lua';
  readonly hours: number;
  readonly plan: TrafficPlan;
  readonly ledger: Ledger;
  readonly time: VirtualTime;
  readonly chance: Chance;
  readonly faults: Faults;
  readonly trace: Trace;
}

/** Everything that runs, wired as `local/pipeline.ts` wires it, on simulated parts. */
export interface World {
  readonly totals: SimTotals;
  readonly alerts: SimAlerts;
  /** Names in the order of topic `transactions`, each as often as it stands there. */
  readonly topicOrder: readonly string[];
  readonly writtenMs: ReadonlyMap<string, number>;
  /** After this time, all has been delivered and nothing is to be repaired. */
  isSettled(endMs: number): boolean;
  /** One sentence about what is not settled. */
  whatIsOpen(): string;
}

/**
 * How long an idle pair is kept. Shorter than STATE_TTL's 24 hours, so that hours of records which
 * come at once reach further than it.
 */
const STATE_TTL_MS = 2 * 3_600_000;
const DISPATCHERS = { transactions: 2, fraud: 1 };
const PODS = 2;
const SKEW_MS = 120_000;

export function buildWorld(parts: WorldParts): World {
  const { rule, ordering, plan, ledger, time, chance, faults, trace } = parts;
  const wire = createWire({ time, chance, faults, trace });
  const broker = createProcess('outside', 'broker');
  const topics = createSimTopics(time);
  const redis = createSimRedis(time, chance);
  const server = (): SimProcess | undefined => redis.process;
  const onAdd = ledger.onAdd;
  const totalsParts = { rule, stateTtlMs: STATE_TTL_MS, time, wire, server, onAdd };
  const totals =
    parts.store === 'lua' ? createLuaTotals(totalsParts) : createMemoryTotals(totalsParts);
  const alerts = createSimAlerts({ time, wire, server });
  redis.holds({ totals, alerts });
  const sink = createSimSink({ topics, time, wire, faults });
  const topicOrder: string[] = [];
  topics.onAppend(ledger.onAppend);

  const skewOf = (process: SimProcess): number =>
    faults.strikes('clock-skew', process.name)
      ? chance.between(`skew ${process.name}`, -SKEW_MS, SKEW_MS)
      : 0;
  const revisions = createRevisions({
    ...{ pods: PODS, time, chance, trace },
    run: (process, revision) => {
      const store = totals.storeFor(process, revision);
      return createScorePod({ process, time, skewMs: skewOf(process), store, sink, rule });
    },
  });
  const notify = createFleet<Door>({
    ...{ kind: 'notify', name: 'notify', time, chance, trace },
    run: (process) => {
      const store = alerts.storeFor(process);
      const { onTold } = ledger;
      return createNotifyPod({ process, time, skewMs: skewOf(process), store, onTold });
    },
  });

  const line = (topic: 'transactions' | 'fraud', pods: () => readonly Running<Door>[]) => {
    const logs = topics.logs(topic);
    const group = new SimGroup({ name: topic, logs, broker, time, chance, wire, trace });
    const dispatchers = createDispatchers({
      ...{ topic, group, sink, pods, time, chance, wire, trace },
      ordering: () => operator.ordering,
      onAnswer: topic === 'transactions' ? ledger.onScoreAnswer : () => {},
      onGivenUp: (partition, offset) =>
        operator.noticeGivenUp(logs[partition]?.read(offset, 1)[0] as StoredRecord),
    });
    return { group, dispatchers };
  };
  const lines = {
    transactions: line('transactions', () => revisions.pods),
    fraud: line('fraud', () => notify.running),
  };
  const isHealthy = (): boolean =>
    redis.process !== undefined && !sink.isAway('fraud') && !sink.isAway('dead letters');
  const writtenMs = new Map<string, number>();
  const operator = createOperator({
    ...{ rule, ordering, ledger, topics, totals, lines, isHealthy, writtenMs },
    ...{ time, chance, trace },
    dispatchersOf: (topic) => DISPATCHERS[topic],
  });

  for (const { atMs, record, id } of plan.writes) {
    time.after(atMs - time.nowMs, () => {
      trace.say('producer', () => `writes ${id}`);
      topicOrder.push(id);
      if (!writtenMs.has(id)) writtenMs.set(id, time.nowMs);
      topics.append('transactions', record);
    });
  }
  revisions.start();
  notify.start(PODS);
  lines.fraud.dispatchers.start(DISPATCHERS.fraud);
  const startSource = (): void => lines.transactions.dispatchers.start(DISPATCHERS.transactions);
  const timed = {
    hours: parts.hours,
    redis,
    sink,
    lines,
    revisions,
    operator,
    ledger,
    startSource,
  };
  scheduleTimedFaults({ ...timed, time, chance, faults });

  const open = (): string[] => [
    ...[...plan.transactions.keys()].filter(
      (id) => !ledger.acknowledged.has(id) && !ledger.letters.get(id)?.includes('late'),
    ),
    ...[...plan.poison].flatMap(([name, reason]) =>
      ledger.letters.get(name)?.includes(reason) ? [] : [name],
    ),
  ];
  const lag = (): number => lines.transactions.group.lag + lines.fraud.group.lag;
  return {
    ...{ totals, alerts, topicOrder, writtenMs },
    isSettled: (endMs) =>
      time.nowMs > endMs && operator.isIdle && lag() === 0 && open().length === 0,
    whatIsOpen: () =>
      `lag ${lag()}, operator ${operator.isIdle ? 'idle' : 'at work'}, open: ${open().join(' ')}`,
  };
}
