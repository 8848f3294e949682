import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareTransactions, type Transaction } from '#shared/domain/transaction.ts';
import { episodes } from '../../../test/oracle/oracle.ts';
import type { Label } from './label.ts';
import { type Delivery, traffic } from './traffic.ts';
import { DEFAULT_START_TIME_MS, type TrafficOptions } from './traffic-options.ts';

const WINDOW_MS = 600_000;
const rule = {
  id: 'pair-total',
  version: 1,
  groupBy: 'pair',
  windowMs: WINDOW_MS,
  allowedLatenessMs: WINDOW_MS,
  thresholdMinor: 1_000_000,
  updates: 'doubling',
} as const;

interface Run {
  readonly deliveries: readonly Delivery[];
  readonly labels: readonly Label[];
  /** First deliveries of each pair, in the order of arrival. */
  readonly byPair: ReadonlyMap<string, readonly Delivery[]>;
}

function run(options: TrafficOptions): Run {
  const deliveries: Delivery[] = [];
  const labels: Label[] = [];
  const byPair = new Map<string, Delivery[]>();
  for (const item of traffic(options)) {
    if ('label' in item) {
      labels.push(item.label);
      continue;
    }
    const { delivery } = item;
    deliveries.push(delivery);
    if (delivery.isRepeat) continue;
    const key = pairOf(delivery.transaction);
    const ofPair = byPair.get(key);
    if (ofPair) ofPair.push(delivery);
    else byPair.set(key, [delivery]);
  }
  return { deliveries, labels, byPair };
}

const pairOf = (pair: { origin: string; target: string }): string =>
  `${pair.origin}:${pair.target}`;

const transactionsOf = ({ byPair }: Run, pair: string) =>
  (byPair.get(pair) ?? []).map((delivery) => delivery.transaction);

describe('labels', () => {
  test('are true of what was delivered, for any seed and any disturbance (D1, D2, O1)', () => {
    const options = fc.record({
      seed: fc.nat(),
      ratePerSecond: fc.constantFrom(0.5, 2, 10),
      plantedShare: fc.constantFrom(0.05, 0.5, 1),
      duplicateShare: fc.constantFrom(0, 0.02, 0.5),
      outOfOrderShare: fc.constantFrom(0, 0.02, 0.5),
      resolutionMs: fc.constantFrom(1, 1000),
      count: fc.constantFrom(1500, 4000),
    });
    fc.assert(
      fc.property(options, (drawn) => {
        const made = run(drawn);
        for (const label of made.labels) expectTrue(label, made);
      }),
      { numRuns: 60 },
    );
  });

  test('hold for other windows and thresholds', () => {
    const made = run({ seed: 4, windowMs: 1000, thresholdMinor: 1000, count: 20_000 });
    expect(made.labels.length).toBeGreaterThan(100);
    for (const label of made.labels) {
      expectTrue(label, made, { windowMs: 1000, thresholdMinor: 1000 });
    }
  });

  test('come before the delivery that settles the case, and that is when the total is over', () => {
    const label = { current: undefined as Label | undefined };
    const seen = new Set<string>();
    let settled = 0;
    for (const item of traffic({ count: 50_000, outOfOrderShare: 0.2, plantedShare: 0.2 })) {
      if ('label' in item) {
        label.current = item.label;
        expect(seen.has(item.label.settledById)).toBe(false);
        continue;
      }
      const { id } = item.delivery.transaction;
      seen.add(id);
      if (label.current === undefined) continue;
      const { settledById, crossingId, transactionIds } = label.current;
      expect(id).toBe(settledById);
      const decisive = crossingId === undefined ? -1 : transactionIds.indexOf(crossingId);
      const needed = transactionIds.slice(0, decisive === -1 ? undefined : decisive + 1);
      expect(needed.filter((needs) => !seen.has(needs))).toEqual([]);
      label.current = undefined;
      settled++;
    }
    expect(settled).toBeGreaterThan(500);
  });

  test('show the first structuring within two minutes of event time, at any rate', () => {
    for (const ratePerSecond of [0.1, 1, 50, 1000]) {
      for (const item of traffic({ ratePerSecond, seed: 8 })) {
        if (!('label' in item) || item.label.kind !== 'structuring') continue;
        expect(item.label.lastTimeMs - DEFAULT_START_TIME_MS).toBeLessThan(120_000);
        break;
      }
    }
  });

  test('stand on pairs that nothing else uses', () => {
    const made = run({ count: 100_000, plantedShare: 0.3 });
    const planted = made.labels.filter((label) => label.kind !== 'two-way');
    for (const label of planted) {
      const own = new Set(label.transactionIds);
      const others = transactionsOf(made, pairOf(label.pair)).filter((x) => !own.has(x.id));
      expect(others).toEqual([]);
    }
    const pairs = made.labels.map((label) => pairOf(label.pair));
    expect(new Set(pairs).size).toBe(pairs.length);
  });
});

function expectTrue(label: Label, made: Run, numbers = {}): void {
  const found = episodes(transactionsOf(made, pairOf(label.pair)), { ...rule, ...numbers });
  const back = pairOf({ origin: label.pair.target, target: label.pair.origin });
  const openings = found.map(([opening]) => opening?.id);
  expect(openings, JSON.stringify(label)).toEqual(
    label.expected === 'alert' ? [label.crossingId] : [],
  );
  expect(episodes(transactionsOf(made, back), { ...rule, ...numbers })).toEqual([]);
}

describe('traffic', () => {
  test('is the same for the same options, and another for another seed', () => {
    const options = { count: 3000, seed: 5 };
    expect([...traffic(options)]).toEqual([...traffic(options)]);
    const [a, b] = [run(options), run({ ...options, seed: 6 })];
    expect(a.deliveries[0]?.transaction).not.toEqual(b.deliveries[0]?.transaction);
  });

  test('shares no id with traffic of other options, and all with a longer run of the same (S3)', () => {
    const ids = (options: TrafficOptions): string[] =>
      run({ count: 500, ...options }).deliveries.map(({ transaction }) => transaction.id);
    const first = new Set(ids({}));
    const shared = (options: TrafficOptions) => ids(options).filter((id) => first.has(id)).length;
    expect(shared({ ratePerSecond: 51 })).toBe(0);
    expect(shared({ startTimeMs: 0 })).toBe(0);
    expect(ids({ count: 1000 }).slice(0, 500)).toEqual(ids({}));
  });

  test('comes at about the rates that were asked for', () => {
    const options = { duplicateShare: 0.1, outOfOrderShare: 0.05, plantedShare: 0.1 };
    const made = run({ ...options, count: 100_000, ratePerSecond: 20, accounts: 2000 });
    const { deliveries } = made;
    const once = deliveries.filter((delivery) => !delivery.isRepeat);
    const start = (deliveries[0] as Delivery).transaction.eventTimeMs;
    const seconds = ((deliveries.at(-1) as Delivery).transaction.eventTimeMs - start) / 1000;
    expect(deliveries.length / seconds / 20).toBeCloseTo(1, 1);
    expect((deliveries.length - once.length) / once.length).toBeCloseTo(0.1, 2);
    const planted = made.labels.reduce((sum, label) => sum + label.transactionIds.length, 0);
    expect(planted / once.length).toBeCloseTo(0.1, 1);
    expect(late(once).length / once.length).toBeCloseTo(0.05, 1);
  });

  test('delivers in order of due time, delays within the bound, repeats what came before', () => {
    const { deliveries } = run({ count: 50_000, delayMaxMs: 5000 });
    const sent = new Map<string, Delivery>();
    let lastMs = 0;
    for (const delivery of deliveries) {
      expect(delivery.dueMs).toBeGreaterThanOrEqual(lastMs);
      lastMs = delivery.dueMs;
      const { id } = delivery.transaction;
      const first = sent.get(id);
      expect(first !== undefined).toBe(delivery.isRepeat);
      if (first) {
        expect(first.transaction).toEqual(delivery.transaction);
        expect(delivery.dueMs - first.dueMs).toBeLessThanOrEqual(5000);
      } else expect(delayOf(delivery)).toBeLessThanOrEqual(5000);
      sent.set(id, delivery);
    }
  });

  test('practically never crosses by itself, whatever the rate and however few the accounts', () => {
    for (const [ratePerSecond, accounts] of [
      [1, 2],
      [50, 5000],
      [500, 50],
      [20_000, 5000],
    ] as const) {
      const made = run({ ratePerSecond, accounts, plantedShare: 0, count: 50_000 });
      const crossed = [...made.byPair.keys()].filter((pair) => {
        return largestTotal(transactionsOf(made, pair)) > rule.thresholdMinor;
      });
      expect(crossed).toEqual([]);
    }
  });

  test('has amounts with cents, mostly small, a few large, and busy accounts', () => {
    const { deliveries } = run({ count: 50_000, plantedShare: 0 });
    const amounts = deliveries.map(({ transaction }) => transaction.amountMinor);
    amounts.sort((a, b) => a - b);
    expect((amounts[25_000] as number) / 100).toBeGreaterThan(15);
    expect((amounts[25_000] as number) / 100).toBeLessThan(25);
    expect(amounts.at(-1)).toBeGreaterThan(100_000);
    expect(amounts.filter((amount) => amount % 100 !== 0).length).toBeGreaterThan(45_000);
    const origins = Map.groupBy(deliveries, ({ transaction }) => transaction.origin);
    expect(origins.size).toBeGreaterThan(2000);
    expect(Math.max(...[...origins.values()].map((of) => of.length))).toBeGreaterThan(500);
  });

  test('keeps event times on whole seconds where lines are to carry them', () => {
    const { deliveries, labels } = run({ count: 20_000, resolutionMs: 1000, plantedShare: 0.5 });
    expect(labels.length).toBeGreaterThan(50);
    for (const { transaction } of deliveries) expect(transaction.eventTimeMs % 1000).toBe(0);
  });

  test('is the uniform traffic of the seeds in the seeds’ shape', () => {
    const { deliveries, labels } = run({ shape: 'seed', count: 5000 });
    expect(labels).toEqual([]);
    expect(new Set(deliveries.map(({ transaction }) => transaction.origin)).size).toBe(10);
    deliveries.forEach(({ transaction, dueMs }, i) => {
      expect(transaction.origin).not.toBe(transaction.target);
      expect(transaction.amountMinor % 100).toBe(0);
      expect(transaction.amountMinor).toBeLessThanOrEqual(999_900);
      expect(dueMs).toBe(i * 1000);
    });
  });

  test('refuses options that no traffic can be made of, naming them', () => {
    const wrong: TrafficOptions[] = [
      { seed: -1 },
      { accounts: 1 },
      { ratePerSecond: 0 },
      { windowMs: 50 },
      { duplicateShare: 2 },
    ];
    for (const options of wrong) {
      const name = Object.keys(options)[0] as string;
      expect(() => traffic(options).next()).toThrow(`traffic: ${name} is`);
    }
  });
});

/** The largest trailing total, by two pointers: the oracle is too slow for pairs this busy. */
function largestTotal(transactions: readonly Transaction[]): number {
  const ordered = transactions.toSorted(compareTransactions);
  let [oldest, total, largest] = [0, 0, 0];
  for (const { eventTimeMs, amountMinor } of ordered) {
    total += amountMinor;
    for (; (ordered[oldest] as Transaction).eventTimeMs <= eventTimeMs - WINDOW_MS; oldest++) {
      total -= (ordered[oldest] as Transaction).amountMinor;
    }
    largest = Math.max(largest, total);
  }
  return largest;
}

const delayOf = ({ transaction, dueMs }: Delivery): number =>
  dueMs - (transaction.eventTimeMs - DEFAULT_START_TIME_MS);

const late = (deliveries: readonly Delivery[]): Delivery[] =>
  deliveries.filter((delivery) => delayOf(delivery) > 0);
