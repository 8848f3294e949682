import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { pairKey } from '#shared/domain/pair.ts';
import type { Transaction } from '#shared/domain/transaction.ts';
import { AppError } from '#shared/errors.ts';
import { createLog } from '#shared/log.ts';
import { keySlot } from '#shared/redis/key-slot.ts';
import { type OwnRedisCluster, startOwnRedisCluster } from '#shared/redis/own-redis-cluster.ts';
import { createPairOracle } from '../../../test/oracle/oracle.ts';
import type { Decision, TotalsStore } from '../totals-store.ts';
import { RULE, transaction } from './contract-cases.ts';
import { openRedisTotalsStore } from './redis-store.ts';

/**
 * Traffic while a cluster is rearranged: what the sender repeats until it is taken is all there.
 */
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function own(
  hasReplicas: boolean,
  settings: readonly string[] = [],
): Promise<[OwnRedisCluster, TotalsStore]> {
  const cluster = await startOwnRedisCluster({ hasReplicas, settings });
  closing.push(cluster.kill);
  const store = await openRedisTotalsStore({
    ...{ url: cluster.url, rule: RULE, timeoutMs: 300, stateTtlMs: 60_000 },
    ...{ log: createLog('test', 'silent'), keyPrefix: `test-${randomUUID()}` },
  });
  closing.push(store.close);
  return [cluster, store];
}

const PAIRS = 12;
const pairOf = (i: number) => ({ origin: `p${i % PAIRS}`, target: 'b', currency: 'USD' });
const slotOf = (i: number): number => keySlot(`{${pairKey(pairOf(i))}:USD}`);

/** Refusals may come at once: a sender that did not wait either would let nothing else run. */
const RETRY_AFTER_MS = 5;

/** Goes on until `isOver`, each transaction again and again until it is decided (H). */
function startTraffic(store: TotalsStore) {
  const decided: Decision[][] = Array.from({ length: PAIRS }, () => []);
  const sent: Transaction[][] = Array.from({ length: PAIRS }, () => []);
  let refusals = 0;
  let isOver = false;
  // A test that failed leaves no traffic behind.
  let isAbandoned = false;
  closing.push(() => {
    isAbandoned = true;
  });
  const drive = async (pair: number): Promise<void> => {
    for (let n = 0; (!isOver || n < 5) && !isAbandoned; n++) {
      const x = transaction({ ...pairOf(pair), t: 1_000_000 + n * 900, id: `${n}`, amount: 7 });
      sent[pair]?.push(x);
      for (let decision: Decision | undefined; decision === undefined && !isAbandoned; ) {
        decision = await store.add(x).catch(async (error) => {
          if (!(error instanceof AppError && error.code === 'state')) throw error;
          refusals += 1;
          await sleep(RETRY_AFTER_MS);
          return undefined;
        });
        if (decision !== undefined) decided[pair]?.push(decision);
      }
    }
  };
  const drivers = Promise.all(Array.from({ length: PAIRS }, (_, pair) => drive(pair)));
  return {
    refusals: () => refusals,
    count: () => decided.reduce((all, list) => all + list.length, 0),
    end: async () => {
      isOver = true;
      await drivers;
      return { sent, decided };
    },
  };
}

/** Twice as many as a window holds: from the middle on, the oracle's windows are whole. */
const LOOK_BACK = 200;

/** The newest answers, a repeated one's first, are the oracle's, and so is each pair's total. */
async function expectNothingLost(
  store: TotalsStore,
  { sent, decided }: Awaited<ReturnType<ReturnType<typeof startTraffic>['end']>>,
): Promise<void> {
  for (const [pair, list] of sent.entries()) {
    const oracle = createPairOracle(RULE);
    const wanted = list.slice(-LOOK_BACK).map((x) => oracle(x));
    const from = list.length > LOOK_BACK ? LOOK_BACK / 2 : 0;
    expect(decided[pair]?.slice(-LOOK_BACK).slice(from).map(totalOf)).toEqual(
      wanted.slice(from).map(({ totalMinor }) => totalMinor),
    );
    expect(await store.read(pairOf(pair))).toMatchObject({
      totalMinor: wanted.at(-1)?.totalMinor,
      transactionCount: wanted.at(-1)?.transactionCount,
    });
  }
}

function totalOf(decision: Decision): bigint | undefined {
  if (decision.kind === 'late') return undefined;
  return decision.kind === 'duplicate' ? decision.first.totalMinor : decision.totalMinor;
}

/** Bounded by the test's own time-out. */
async function until(isTrue: () => unknown): Promise<void> {
  while (!(await isTrue())) await sleep(10);
}

it('loses nothing while slots move to another master under traffic (L2)', async () => {
  const [cluster, store] = await own(false);
  const traffic = startTraffic(store);
  await until(() => traffic.count() > 100);
  for (const slot of new Set([0, 1, 2, 3].map(slotOf))) {
    const from = cluster.masters[Math.floor((slot * 3) / 16_384)];
    const to = cluster.masters.find((master) => master !== from);
    if (from === undefined || to === undefined) throw new Error('no master');
    await to.tell('CLUSTER', 'SETSLOT', `${slot}`, 'IMPORTING', from.id);
    await from.tell('CLUSTER', 'SETSLOT', `${slot}`, 'MIGRATING', to.id);
    const before = traffic.refusals();
    // The slot's pairs meet ASK and TRYAGAIN meanwhile.
    await until(() => traffic.refusals() > before);
    const target = ['127.0.0.1', String(to.port), '', '0', '5000', 'KEYS'];
    for (;;) {
      const keys = (await from.tell('CLUSTER', 'GETKEYSINSLOT', `${slot}`, '100')) as string[];
      if (keys.length === 0) break;
      await from.tell('MIGRATE', ...target, ...keys);
    }
    for (const { tell } of [to, from]) await tell('CLUSTER', 'SETSLOT', `${slot}`, 'NODE', to.id);
    const moved = Number(await to.tell('CLUSTER', 'COUNTKEYSINSLOT', `${slot}`));
    expect(moved).toBeGreaterThan(0);
  }
  const atEnd = traffic.count();
  await until(() => traffic.count() > atEnd + 200);
  await expectNothingLost(store, await traffic.end());
});

it('loses nothing when a replica is made the master under traffic (L2)', async () => {
  const [cluster, store] = await own(true);
  const traffic = startTraffic(store);
  await until(() => traffic.count() > 100);
  for (const replica of cluster.replicas) {
    await replica.tell('CLUSTER', 'FAILOVER');
    await until(async () => String(await replica.tell('ROLE')).startsWith('master'));
    const now = traffic.count();
    await until(() => traffic.count() > now + 100);
  }
  await expectNothingLost(store, await traffic.end());
});

it('goes on from what the replica has when a master dies under traffic (L2)', async () => {
  const [cluster, store] = await own(true);
  const traffic = startTraffic(store);
  await until(() => traffic.count() > 100);
  const lost = cluster.masters[0];
  // It takes no more writes, and dies only when its replica has all that it answered.
  await lost?.tell('CLIENT', 'PAUSE', '60000', 'WRITE');
  await until(async () => {
    const info = String(await lost?.tell('INFO', 'replication'));
    const its = /slave0:.*offset=(\d+)/.exec(info)?.[1];
    return its !== undefined && its === /master_repl_offset:(\d+)/.exec(info)?.[1];
  });
  await lost?.kill();
  await until(async () => String(await cluster.replicas[0]?.tell('ROLE')).startsWith('master'));
  const now = traffic.count();
  await until(() => traffic.count() > now + 500);
  expect(traffic.refusals()).toBeGreaterThan(0);
  await expectNothingLost(store, await traffic.end());
});

it('refuses only the pairs of a master that is away, also when all come at once (H)', async () => {
  const [cluster, store] = await own(false, ['--cluster-require-full-coverage', 'no']);
  const addAll = (n: number) =>
    Promise.allSettled(
      Array.from({ length: PAIRS }, (_, i) =>
        store.add(transaction({ ...pairOf(i), t: 1_000_000, id: `${n}`, amount: 7 })),
      ),
    );
  for (const { status } of await addAll(0)) expect(status).toBe('fulfilled');
  const lost = cluster.masterOf(`{${pairKey(pairOf(0))}:USD}`);
  await lost.kill();
  const isOnLost = (i: number): boolean => cluster.masterOf(`{${pairKey(pairOf(i))}:USD}`) === lost;
  const answers = await addAll(1);
  const refused = answers.flatMap(({ status }, i) => (status === 'rejected' ? [i] : []));
  expect(refused).toEqual(Array.from({ length: PAIRS }, (_, i) => i).filter(isOnLost));
  expect(refused.length).toBeLessThan(PAIRS);
});
