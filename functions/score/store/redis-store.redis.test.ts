import { randomUUID } from 'node:crypto';
import { createClient } from '@redis/client';
import { expect, it, vi } from 'vitest';
import type { Rule } from '#shared/domain/rule.ts';
import { createLog } from '#shared/log.ts';
import { RULE, transaction } from './contract-cases.ts';
import { openRedisTotalsStore } from './redis-store.ts';
import { describeTotalsStore } from './store-contract.ts';

const open = (rule: Rule, leafEntries?: number) =>
  openRedisTotalsStore({
    url: process.env.REDIS_URL as string,
    rule,
    timeoutMs: 5000,
    stateTtlMs: 60_000,
    log: createLog('test', 'silent'),
    keyPrefix: `test-${randomUUID()}`,
    ...(leafEntries === undefined ? {} : { leafEntries }),
  });
const options = { runs: Number(process.env.PROPERTY_RUNS ?? 40) };

describeTotalsStore('the Redis store', (rule) => open(rule), options);
// Leaves of two and three entries: short sequences then part, fill and empty many leaves.
describeTotalsStore('the Redis store with leaves of 2', (rule) => open(rule, 2), options);
describeTotalsStore('the Redis store with leaves of 3', (rule) => open(rule, 3), options);

it('forgets the records of transactions that it forgets', async () => {
  const url = process.env.REDIS_URL as string;
  const keyPrefix = `test-${randomUUID()}`;
  const log = createLog('test', 'silent');
  const settings = { url, rule: RULE, timeoutMs: 5000, stateTtlMs: 60_000, log, keyPrefix };
  const store = await openRedisTotalsStore({ ...settings, leafEntries: 3 });
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
  const store = await openRedisTotalsStore({ ...settings, rule, stateTtlMs: 50 });
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
