import { randomUUID } from 'node:crypto';
import { createClient } from '@redis/client';
import { expect, it, vi } from 'vitest';
import type { Rule } from '#shared/domain/rule.ts';
import { createLog } from '#shared/log.ts';
import type { TotalsStore } from '../totals-store.ts';
import { RULE, transaction } from './contract-cases.ts';
import { openRedisTotalsStore } from './redis-store.ts';
import { describeTotalsStore } from './store-contract.ts';

type Sizes = { readonly textEntries?: number; readonly leafEntries?: number };

const open = (rule: Rule, sizes: Sizes = {}) =>
  openRedisTotalsStore({
    url: process.env.REDIS_URL as string,
    rule,
    timeoutMs: 5000,
    stateTtlMs: 60_000,
    log: createLog('test', 'silent'),
    keyPrefix: `test-${randomUUID()}`,
    ...sizes,
  });
const options = { runs: Number(process.env.PROPERTY_RUNS ?? 40) };

describeTotalsStore('the Redis store', (rule) => open(rule), options);
// Leaves of two and three entries: short sequences then part, fill and empty many leaves; and pairs
// that are handed to the scripts early, with all that a text can say of them.
for (const sizes of [
  { textEntries: 0, leafEntries: 2 },
  { textEntries: 0, leafEntries: 3 },
  { textEntries: 2, leafEntries: 3 },
  { textEntries: 9, leafEntries: 64 },
  { textEntries: 10_000 },
]) {
  const { textEntries, leafEntries = 'the usual number' } = sizes;
  const name = `the Redis store with texts of up to ${textEntries}, leaves of ${leafEntries}`;
  describeTotalsStore(name, (rule) => open(rule, sizes), options);
}

it('forgets the records of transactions that it forgets', async () => {
  const url = process.env.REDIS_URL as string;
  const keyPrefix = `test-${randomUUID()}`;
  const log = createLog('test', 'silent');
  const settings = { url, rule: RULE, timeoutMs: 5000, stateTtlMs: 60_000, log, keyPrefix };
  const store = await openRedisTotalsStore({ ...settings, textEntries: 0, leafEntries: 3 });
  const client = await createClient({ url }).connect();
  const add = async (t: number, amount: number): Promise<void> => {
    const x = transaction({ t, id: `${t}`, amount });
    await store.add(x);
    await store.sent(x);
  };
  for (let startMs = 10; startMs < 4_000_000; startMs += 100_000) {
    // A crossing, one that comes late and takes the opening from it, and one below the threshold.
    await add(startMs, 150);
    await add(startMs - 10, 150);
    await add(startMs + 61_000, 1);
  }
  const [stateKey] = await client.keys(`${keyPrefix}:*}`);
  expect(stateKey).toBeDefined();
  // Remembered are 150 s: at most two rounds, each with two alerts and two decisions.
  expect(await client.hLen(`${stateKey}f`)).toBeLessThanOrEqual(2 * 4 + 1);
  expect(await client.hLen(`${stateKey}i`)).toBeLessThanOrEqual(6);
  expect(await client.hLen(`${stateKey}l`)).toBeLessThanOrEqual(2 * 4);

  for (let i = 1; i <= 10; i++) await add(3_970_000 + i, 150);
  const keys = await client.keys(`${keyPrefix}:*`);
  expect(keys).toHaveLength(4); // The unsent verdicts are gone since each was sent.
  for (const key of keys) expect(await client.pTTL(key)).toBeGreaterThan(0);
  await client.close();
  await store.close();
});

it('lets an unsent verdict live no longer than the state’s time, however busy its pair', async () => {
  const url = process.env.REDIS_URL as string;
  const keyPrefix = `test-${randomUUID()}`;
  const log = createLog('test', 'silent');
  const settings = { url, timeoutMs: 5000, log, keyPrefix };
  const rule = { ...RULE, windowMs: 20, allowedLatenessMs: 30 };
  const store = await openRedisTotalsStore({ ...settings, rule, stateTtlMs: 500 });
  const client = await createClient({ url }).connect();
  await store.add(transaction({ t: 1000, id: 'unsent', amount: 150 }));
  const unsentKeys = () => client.keys(`${keyPrefix}:*ounsent`);
  expect(await unsentKeys()).toHaveLength(1);
  let added = 0;
  await vi.waitFor(
    async () => {
      added += 1;
      await store.add(transaction({ t: 1000 + added, id: `${added}`, amount: 1 }));
      expect(await unsentKeys()).toHaveLength(0);
    },
    { timeout: 5000, interval: 10 },
  );
  expect(added).toBeGreaterThan(1);
  await client.close();
  await store.close();
});

it('keeps a pair that goes on for long in a text that does not grow', async () => {
  const url = process.env.REDIS_URL as string;
  const keyPrefix = `test-${randomUUID()}`;
  const log = createLog('test', 'silent');
  const store = await openRedisTotalsStore({
    ...{ url, rule: RULE, timeoutMs: 5000, stateTtlMs: 60_000, log, keyPrefix },
  });
  const client = await createClient({ url }).connect();
  const lengths: number[] = [];
  for (let startMs = 10; startMs < 8_000_000; startMs += 100_000) {
    // A crossing, one that comes late and takes the opening from it, and one below the threshold.
    for (const [t, amount] of [
      [startMs, 150],
      [startMs - 10, 150],
      [startMs + 61_000, 1],
    ] as const) {
      const x = transaction({ t, id: `/bank#${t}`, amount });
      await store.add(x);
      await store.sent(x);
    }
    const keys = await client.keys(`${keyPrefix}:*`);
    expect(keys).toHaveLength(1);
    expect(await client.pTTL(keys[0] as string)).toBeGreaterThan(0);
    lengths.push(await client.strLen(keys[0] as string));
  }
  expect(Math.max(...lengths.slice(10))).toBeLessThan(Math.max(...lengths.slice(0, 10)) + 20);
  await client.close();
  await store.close();
});

it('counts each transaction once when several processes write one pair at the same time (L2)', async () => {
  const keyPrefix = `test-${randomUUID()}`;
  const settings = { url: process.env.REDIS_URL as string, rule: RULE, timeoutMs: 5000 };
  const log = createLog('test', 'silent');
  // The pair grows from a text into leaves on the way.
  const stores = await Promise.all(
    [1, 2, 3].map(() =>
      openRedisTotalsStore({ ...settings, stateTtlMs: 60_000, log, keyPrefix, textEntries: 100 }),
    ),
  );
  const list = Array.from({ length: 300 }, (_, i) =>
    transaction({ t: 1_000 + (i % 50), id: `${i}`, amount: 2 ** (i % 20) }),
  );
  // Each is given to two of them, at once.
  const decisions = await Promise.all(
    list.flatMap((x, i) => [
      (stores[i % 3] as TotalsStore).add(x),
      (stores[(i + 1) % 3] as TotalsStore).add(x),
    ]),
  );
  expect(decisions.filter(({ kind }) => kind === 'duplicate')).toHaveLength(list.length);
  const read = await stores[0]?.read({ origin: 'a', target: 'b', currency: 'USD' });
  expect(read?.transactionCount).toBe(list.length);
  expect(read?.totalMinor).toBe(list.reduce((sum, x) => sum + BigInt(x.amountMinor), 0n));
  const openings = decisions.filter(({ kind }) => kind === 'crossed');
  expect(openings.length).toBeGreaterThanOrEqual(1);
  await Promise.all(stores.map((store) => store.close()));
});
