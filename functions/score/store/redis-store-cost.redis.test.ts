import { randomUUID } from 'node:crypto';
import { createClient } from '@redis/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createLog } from '#shared/log.ts';
import type { TotalsStore } from '../totals-store.ts';
import { RULE, transaction } from './contract-cases.ts';
import { openRedisTotalsStore } from './redis-store.ts';

/**
 * What one transaction costs Redis, counted in commands that the script runs: a figure that does
 * not depend on the machine. The windows hold 10 and 10,000 transactions.
 */
const WINDOW_MS = 600_000;
const AT_ONCE = 250;
let store: TotalsStore;
const watcher = createClient({ url: process.env.REDIS_URL as string });

beforeAll(async () => {
  await watcher.connect();
  store = await openRedisTotalsStore({
    url: process.env.REDIS_URL as string,
    rule: { ...RULE, windowMs: WINDOW_MS, allowedLatenessMs: WINDOW_MS },
    timeoutMs: 5000,
    stateTtlMs: 60_000,
    log: createLog('test', 'silent'),
    keyPrefix: `test-${randomUUID()}`,
  });
});

afterAll(async () => {
  await watcher.close();
  await store.close();
});

async function commandsRun(): Promise<number> {
  const info = await watcher.sendCommand(['INFO', 'commandstats']);
  let calls = 0;
  for (const [, name, count] of String(info).matchAll(/cmdstat_(\S+):calls=(\d+)/g)) {
    if (name !== 'info') calls += Number(count);
  }
  return calls;
}

async function commandsFor(work: () => Promise<unknown>): Promise<number> {
  const before = await commandsRun();
  await work();
  return (await commandsRun()) - before;
}

/** A pair with `count` transactions in each window, two windows long; adds one at any time. */
async function pairOf(count: number): Promise<(atMs: number) => Promise<unknown>> {
  const origin = `with-${count}`;
  let made = 0;
  const add = (t: number) => {
    made += 1;
    return store.add(transaction({ origin, t: Math.round(t), id: `${made}`, amount: 50 }));
  };
  // Some at a time, in their order: one by one they would take half a minute.
  for (let i = 0; i < 2 * count; i += AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, 2 * count - i) }, (_, k) => i + k);
    await Promise.all(some.map((n) => add((n * WINDOW_MS) / count)));
  }
  return add;
}

it('runs as many commands for one in order with 10,000 in the window as with 10', async () => {
  const addToSmall = await pairOf(10);
  const addToLarge = await pairOf(10_000);
  const small = await commandsFor(() => addToSmall(2 * WINDOW_MS));
  const large = await commandsFor(() => addToLarge(2 * WINDOW_MS));
  expect(small).toBeLessThanOrEqual(8);
  // A large pair has three more keys to keep alive, and a leaf at each end of its window.
  expect(large).toBeLessThanOrEqual(small + 12);
});

it('steps over leaves, not transactions, for one out of order by a whole window', async () => {
  const add = await pairOf(10_001);
  const commands = await commandsFor(() => add(WINDOW_MS + 10));
  expect(commands).toBeLessThan(1500);
});
