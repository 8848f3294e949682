import type { Ledger } from '../checks/ledger.ts';
import type { FaultName } from '../faults/fault-kinds.ts';
import type { Faults, TimedFault } from '../faults/faults.ts';
import type { Chance } from '../kernel/chance.ts';
import type { VirtualTime } from '../kernel/virtual-time.ts';
import type { SimRedis } from '../redis/sim-redis.ts';
import type { Dispatchers } from './dispatchers.ts';
import type { Operator } from './operator.ts';
import type { Revisions } from './revisions.ts';
import type { SimGroup } from './sim-group.ts';
import type { SimSink } from './sim-sink.ts';

export interface TimedFaultParts {
  readonly hours: number;
  readonly redis: SimRedis;
  readonly sink: SimSink;
  readonly lines: {
    readonly transactions: { readonly group: SimGroup; readonly dispatchers: Dispatchers };
  };
  readonly revisions: Revisions;
  readonly operator: Operator;
  readonly ledger: Ledger;
  readonly startSource: () => void;
  readonly time: VirtualTime;
  readonly chance: Chance;
  readonly faults: Faults;
}

const LAST_SECOND_MS = 1_000;
const REPLICA_BEHIND_MS = 5_000;
const AWAY_MS = { min: 60_000, max: 360_000 };
const UPGRADE_MS = 45_000;

/** Does the faults that have moments of their own, when their moments come. */
export function scheduleTimedFaults(parts: TimedFaultParts): void {
  const { hours, time, faults, startSource } = parts;
  const timed = faults.timed(hours);
  for (const fault of timed) {
    if (fault.name === 'backlog') continue;
    time.after(fault.atMs, () => {
      if (faults.begins(fault)) ACTS[fault.name]?.(fault, parts);
    });
  }
  const backlog = timed.find((fault) => fault.name === 'backlog' && faults.begins(fault));
  time.after(backlog?.atMs ?? 0, startSource);
  if (backlog === undefined || !faults.strikes('sink-away', 'while the backlog comes')) return;
  time.after(backlog.atMs, () => parts.sink.goAway('fraud', awayMs(backlog, parts)));
}

type Act = (fault: TimedFault, parts: TimedFaultParts) => void;

const ACTS: Partial<Record<FaultName, Act>> = {
  'dispatcher-killed': ({ key }, { chance, lines }) => {
    const { running } = lines.transactions.dispatchers;
    running[chance.between(`which ${key}`, 0, running.length - 1)]?.process.end();
  },
  'dispatcher-restarted': ({ key }, { chance, lines }) => {
    const { running } = lines.transactions.dispatchers;
    const one = running[chance.between(`which ${key}`, 0, running.length - 1)];
    void one?.runs.then((source) => source.stop()).then(() => one.process.end());
  },
  rebalance: (_fault, { lines }) => lines.transactions.group.rebalance(),
  'redis-restart': ({ key }, { redis }) => redis.restart(key, 'nothing'),
  'redis-last-second': (fault, parts) => forget(fault, parts, LAST_SECOND_MS),
  'redis-stale-replica': (fault, parts) => forget(fault, parts, REPLICA_BEHIND_MS),
  'redis-lost': ({ key }, { redis, ledger, operator, time }) => {
    redis.restart(key, 'all');
    ledger.onLoss(Number.NEGATIVE_INFINITY);
    operator.noticeLoss(time.nowMs);
  },
  'sink-away': (fault, parts) => {
    parts.sink.goAway('fraud', awayMs(fault, parts));
    // An upgrade in the middle of the trouble: what waits for a retry is left to others.
    const upgrade = { name: 'dispatcher-restarted', key: `during ${fault.key}` } as const;
    parts.time.after(UPGRADE_MS, () => {
      const isWanted = parts.faults.strikes(upgrade.name, upgrade.key);
      if (isWanted) ACTS[upgrade.name]?.({ ...upgrade, atMs: 0 }, parts);
    });
  },
  'dead-letter-sink-away': (fault, parts) =>
    parts.sink.goAway('dead letters', awayMs(fault, parts)),
  rollout: (fault, parts) => parts.revisions.rollOut(awayMs(fault, parts)),
  reread: (_fault, { operator, time }) => operator.reread(time.nowMs),
};

function forget({ key }: TimedFault, parts: TimedFaultParts, atMostMs: number): void {
  const { redis, ledger, operator, time, chance } = parts;
  const sinceMs = time.nowMs - chance.between(`forgets ${key}`, 0, atMostMs);
  redis.restart(key, { sinceMs });
  ledger.onLoss(sinceMs);
  operator.noticeLoss(sinceMs);
}

function awayMs({ key }: TimedFault, { chance }: TimedFaultParts): number {
  return chance.between(`away ${key}`, AWAY_MS.min, AWAY_MS.max);
}
