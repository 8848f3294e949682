import { randomUUID } from 'node:crypto';
import { createClient } from '@redis/client';
import { expect, it, onTestFinished } from 'vitest';
import { createLog } from '#shared/log.ts';
import { keySlot } from '#shared/redis/key-slot.ts';
import { RULE, transaction } from './contract-cases.ts';
import { openRedisTotalsStore } from './redis-store.ts';

const NAMES: readonly string[] = [
  ...['{evil}', '}', '{', '}{', 'a}:{b', 'a:b', 'a', '%7B', '*', '\\', '"', '[a-z]', '\u00a0', ' '],
  ...['😀'.repeat(64), 'ח'.repeat(64), 'x'.repeat(64), '__proto__', 'sw:{other}:USD'],
];
const IDS: readonly string[] = ['/s#{evil}', '/s#}', '/s#a%23', '/s#ü\u202e', '/s#*'];

it('steers no key by an account or an id: one hash tag a pair, in printable ASCII (P, W1)', async () => {
  const url = process.env.REDIS_URL as string;
  const keyPrefix = `test-${randomUUID()}`;
  const log = createLog('test', 'silent');
  const settings = { url, rule: RULE, timeoutMs: 5000, stateTtlMs: 60_000, log, keyPrefix };
  const store = await openRedisTotalsStore({ ...settings, textEntries: 2, leafEntries: 2 });
  const client = await createClient({ url }).connect();
  onTestFinished(async () => {
    await client.close();
    await store.close();
  });
  const tags = new Set<string>();
  for (const origin of NAMES) {
    for (const target of ['b', origin]) {
      const before = new Set(await client.keys(`${keyPrefix}:*`));
      for (const [i, id] of IDS.entries()) {
        // Above the threshold and never marked as sent: every kind of key is made.
        const added = await store.add(transaction({ t: i, id, amount: 1_000, origin, target }));
        if (i === 0) expect(added.kind, `${origin} to ${target}`).toBe('crossed');
      }
      const made = (await client.keys(`${keyPrefix}:*`)).filter((key) => !before.has(key));
      expect(made.length).toBeGreaterThanOrEqual(4);
      expect(new Set(made.map(keySlot)).size).toBe(1);
      const [tag, ...others] = new Set(made.map((key) => /^[^{]*\{([^{}]+)\}/.exec(key)?.[1]));
      expect(others).toEqual([]);
      expect(tag).toMatch(/^[\x21-\x7e ]+:[\x21-\x7e ]+:USD$/);
      tags.add(tag as string);
    }
  }
  expect(tags.size).toBe(2 * NAMES.length);
});
