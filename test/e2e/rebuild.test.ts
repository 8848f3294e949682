import { join } from 'node:path';
import { createClient, RESP_TYPES } from '@redis/client';
import { expect, it, onTestFinished, vi } from 'vitest';
import { brokersForTests } from '#shared/kafka/kafka-test-brokers.ts';
import { shownAlerts } from '../../local/chaos/shown-alerts.ts';
import { type ProgramRun, runProgramFile } from '../../local/services/run-program.ts';
import {
  differing,
  expectedEvents,
  makeInput,
  readFrauds,
  toldEvents,
  writeInput,
} from './against-oracle.ts';
import { emptyRedis, startForTest, type TestUp, wipeRedis } from './start-for-test.ts';
import { until } from './until.ts';

/** Redis is wiped in the middle of this, and again read from where it is needed. */
const DELIVERIES = 12_000;
const PATIENCE = { timeout: 30_000, interval: 100 };

function rebuild(up: TestUp, redis: string, ...more: string[]): Promise<ProgramRun> {
  const program = join(import.meta.dirname, '../../splitwatch');
  const { transactions, fraud } = up.names;
  const where = ['--kafka', brokersForTests().join(','), '--redis', redis];
  const what = ['--topic', transactions, '--fraud', fraud, '--notify', up.pageUrl];
  const score = ['--score', up.scoreUrls[0] as string, '--source', `default/${transactions}`];
  return runProgramFile(program, ['rebuild', ...where, ...what, ...score, ...more], {
    timeoutMs: 200_000,
  });
}

/** Every total, byte for byte, as Redis dumps it. */
async function totalsOf(url: string): Promise<ReadonlyMap<string, string>> {
  const redis = await createClient({ url }).connect();
  const binary = redis.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
  try {
    const keys = (await redis.keys('sw:*{*')).filter((key) => !key.includes('{epoch}'));
    const dumps = await Promise.all(keys.map((key) => binary.dump(key)));
    return new Map(keys.map((key, i) => [key, dumps[i]?.toString('base64') ?? '']));
  } finally {
    redis.destroy();
  }
}

it('repairs a Redis that was wiped under load, as the oracle has it, no alert twice; then changes nothing (L3)', {
  timeout: 500_000,
}, async () => {
  const input = makeInput(23, DELIVERIES);
  const redisUrl = await emptyRedis();
  // Tried for long: what waits for the repair is no dead letter.
  const delivery = { retry: 60, backoffPolicy: 'linear', backoffDelay: 'PT0.1S' } as const;
  const up = await startForTest({
    ...{ redisUrl, scoreProcesses: 2, ordering: 'ordered', channel: 'none' },
    delivery: { ...delivery, timeout: 'PT15S' },
  });
  onTestFinished(() => up.stop());
  const writing = writeInput(up.names.transactions, input.records);
  await until('a third is scored', 120_000, async () => {
    return (await up.stats()).score.delivered > DELIVERIES / 3;
  });
  await wipeRedis(redisUrl);

  for (const url of up.scoreUrls) {
    await vi.waitFor(async () => {
      const { status, ...answer } = await fetch(`${url}/readyz`).then(async (response) => ({
        ...((await response.json()) as { reason?: string }),
        status: response.status,
      }));
      expect(status).toBe(503);
      expect(answer.reason).toContain('Redis has lost');
    }, PATIENCE);
    expect(await (await fetch(`${url}/metrics`)).text()).toMatch(/^splitwatch_state_lost\S* 1$/m);
  }
  await writing;
  const { delivered } = (await up.stats()).score;
  const repaired = await rebuild(up, redisUrl);
  expect(repaired.output).toMatch(/^rebuilt: \d+ transactions of \d+ pairs read again/m);
  expect(repaired.exitCode).toBe(0);
  await until('all transactions are scored', 200_000, async () => {
    const { score, notify } = await up.stats();
    return score.lag === 0 && notify.lag === 0;
  });
  const stats = await up.stats();
  expect(stats.score).toMatchObject({ deadLettered: 0, lost: 0 });
  expect(stats.score.delivered).toBeGreaterThan(delivered);

  expect(await differing(up, input)).toEqual([]);
  const expected = expectedEvents(input);
  expect(expected.size).toBeGreaterThan(20);
  expect(toldEvents(await readFrauds(up))).toEqual(expected);
  const shown = (await shownAlerts(up.pageUrl)).map(({ alertId }) => alertId);
  const alertIds = new Set([...expected.keys()].map((name) => name.split('/')[0]));
  expect(shown.toSorted()).toEqual([...alertIds].toSorted());

  const before = await totalsOf(redisUrl);
  const again = await rebuild(up, redisUrl);
  expect(again.output).toMatch(/^nothing was lost: \d+ transactions/m);
  expect(again.exitCode).toBe(0);
  expect(before.size).toBeGreaterThan(500);
  expect(await totalsOf(redisUrl)).toEqual(before);
  expect((await shownAlerts(up.pageUrl)).length).toBe(shown.length);
});
