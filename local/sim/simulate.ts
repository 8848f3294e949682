import type { FraudUpdates, Rule } from '#shared/domain/rule.ts';
import { checkAtTheEnd, type FinalParts } from './checks/final-checks.ts';
import { createLedger, type Ledger, type Violation } from './checks/ledger.ts';
import type { FaultName, ProfileName } from './faults/fault-kinds.ts';
import { createFaults } from './faults/faults.ts';
import { type Chance, createChance } from './kernel/chance.ts';
import { createTrace, SILENT, type Trace } from './kernel/trace.ts';
import { createVirtualTime } from './kernel/virtual-time.ts';
import { buildWorld } from './parts/world.ts';
import { planTraffic } from './traffic-plan.ts';

export interface RunOptions {
  readonly seed: number;
  readonly hours: number;
  readonly profile: ProfileName;
  /** Only these kinds of fault; all of the profile unless set. */
  readonly only?: ReadonlySet<FaultName> | undefined;
  readonly store?: StoreKind | undefined;
  /** Only these faults and transactions, by name; shrinking sets them. */
  readonly keepFaults?: ReadonlySet<string> | undefined;
  readonly keepTransactions?: ReadonlySet<string> | undefined;
  /** Gets each step as one line. */
  readonly trace?: ((line: string) => void) | undefined;
}

/** Where totals are kept: the pure core, or score's Lua scripts in an interpreter. */
export type StoreKind = 'core' | 'lua';

export interface RunResult {
  readonly seed: number;
  readonly hours: number;
  readonly violation: Violation | undefined;
  /** Keys of the faults that were done, in their order. */
  readonly faults: readonly string[];
  readonly transactions: readonly string[];
  readonly counts: RunCounts;
  readonly setting: string;
}

export interface RunCounts {
  readonly transactions: number;
  readonly alerts: number;
  readonly fraudEvents: number;
  /** Fraud events that stood in the topic already. */
  readonly repeated: number;
  /** Transactions that Redis was asked to add once more. */
  readonly duplicates: number;
  readonly late: number;
  readonly deadLetters: number;
  /** Records given up by the function and the dead-letter sink, and then read again. */
  readonly givenUp: number;
  /** Transactions that are neither counted nor a dead letter. */
  readonly lost: number;
  /** Transactions that were counted twice. */
  readonly doubled: number;
}

const START_MS = Date.parse('2026-11-22T00:00:00.000Z');
const HOUR_MS = 3_600_000;
/** Within so long after the last fault everything has been delivered. */
const SETTLE_MS = 4 * HOUR_MS;
const LUA_SHARE = 0.25;

/** Plays some hours of Splitwatch under faults. The same options give the same run, always. */
export async function simulate(options: RunOptions): Promise<RunResult> {
  const { seed, hours } = options;
  const chance = createChance(seed);
  const time = createVirtualTime(START_MS);
  const write = options.trace;
  const trace: Trace = write === undefined ? SILENT : createTrace(time, START_MS, write);
  const faults = createFaults(chance, trace, {
    profile: options.profile,
    only: options.only,
    keep: options.keepFaults,
  });
  const rule = ruleOf(chance);
  const ordering = chance.fraction('ordering') < 0.5 ? 'ordered' : 'unordered';
  const store = options.store ?? (chance.fraction('store') < LUA_SHARE ? 'lua' : 'core');
  const setting = `${ordering}, updates ${rule.updates}, ${store}`;
  trace.say('run', () => `seed ${seed}, ${hours} h, ${setting}`);

  const traffic = { rule, chance, faults, startMs: START_MS, hours };
  const plan = planTraffic({ ...traffic, keep: options.keepTransactions });
  const ledger = createLedger(rule, plan, time);
  const world = buildWorld({
    rule,
    ordering,
    store,
    hours,
    plan,
    ledger,
    time,
    chance,
    faults,
    trace,
  });
  const endMs = START_MS + hours * HOUR_MS;
  time.after(hours * HOUR_MS, () => faults.cease());
  const isOver = (): boolean => ledger.violation !== undefined || world.isSettled(endMs);
  await time.run(endMs + SETTLE_MS, isOver);
  if (ledger.violation === undefined) {
    if (!world.isSettled(endMs)) ledger.violate('everything settles (L2)', world.whatIsOpen());
    const { totals, alerts, topicOrder, writtenMs } = world;
    const parts: FinalParts = { rule, ledger, totals, alerts, ordering, topicOrder, writtenMs };
    await checkAtTheEnd(parts);
  }
  const { violation } = ledger;
  if (violation) trace.say('VIOLATION', () => `${violation.invariant}: ${violation.detail}`);
  return {
    ...{ seed, hours, setting, violation, faults: faults.done },
    transactions: [...plan.transactions.keys()],
    counts: countsOf(ledger),
  };
}

/** The product's rule; how alerts are brought up to date is drawn. */
function ruleOf(chance: Chance): Rule {
  const kinds: FraudUpdates[] = ['doubling', 'doubling', 'doubling', 'every', 'never'];
  return {
    ...{ id: 'pair-total', version: 1, groupBy: 'pair' },
    windowMs: 600_000,
    allowedLatenessMs: 600_000,
    thresholdMinor: 1_000_000,
    updates: kinds[chance.between('updates', 0, kinds.length - 1)] as FraudUpdates,
  };
}

function countsOf(ledger: Ledger): RunCounts {
  const { plan, frauds, counts, letters, givenUp, acknowledged, books } = ledger;
  const isLost = (id: string): boolean => !acknowledged.has(id) && !letters.has(id);
  const events = [...frauds.alerts.values()].reduce((sum, { size }) => sum + size, 0);
  const deadLetters = [...letters.values()].reduce((sum, { length }) => sum + length, 0);
  return {
    transactions: plan.transactions.size,
    alerts: frauds.alerts.size,
    fraudEvents: events,
    repeated: frauds.repeated,
    duplicates: counts.duplicates,
    late: counts.late,
    deadLetters,
    givenUp: givenUp.size,
    lost: [...plan.transactions.keys()].filter(isLost).length,
    doubled: [...books.values()].reduce((sum, { doubled }) => sum + doubled, 0),
  };
}
