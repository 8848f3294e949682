import { expect, test } from 'vitest';
import { readConfig } from '#shared/config.ts';
import { AppError } from '#shared/errors.ts';
import type { TopicRecord } from '#shared/kafka/topic.ts';
import { createLog } from '#shared/log.ts';
import type { Clock } from './clock.ts';
import { generateSettings } from './config.ts';
import { runStandingTraffic } from './standing-traffic.ts';

const START_MS = Date.UTC(2026, 10, 22, 10);
const log = createLog('generate-test', 'silent');
const config = readConfig(generateSettings, { KAFKA_BROKERS: 'x:1', RATE: '100' });

/** A clock that only moves when somebody sleeps. */
function sleepingClock(): Clock & { readonly sleeps: readonly number[] } {
  let nowMs = START_MS;
  const sleeps: number[] = [];
  return {
    sleeps,
    nowMs: () => nowMs,
    sleep: async (ms) => {
      nowMs += ms;
      sleeps.push(ms);
    },
  };
}

test('makes traffic from the clock on, at the set rate, until it is stopped', async () => {
  const stop = new AbortController();
  const clock = sleepingClock();
  const times: string[] = [];
  const write = async (records: readonly TopicRecord[]): Promise<void> => {
    times.push(...records.map((record) => String(record.headers.ce_time)));
    if (times.length >= 1000) stop.abort();
  };
  await runStandingTraffic(config, { clock, write }, { log, signal: stop.signal });
  expect(Date.parse(times[0] as string)).toBeGreaterThanOrEqual(START_MS);
  expect((clock.nowMs() - START_MS) / 1000).toBeGreaterThan(8);
  expect((clock.nowMs() - START_MS) / 1000).toBeLessThan(12);
});

test('writes a batch again with longer and longer pauses while Kafka is away, losing none', async () => {
  const stop = new AbortController();
  const clock = sleepingClock();
  const tried: string[] = [];
  const write = async (records: readonly TopicRecord[]): Promise<void> => {
    tried.push(records.map((record) => record.headers.ce_id).join());
    if (tried.length <= 8) throw new AppError('topic', 'Kafka is away');
    stop.abort();
  };
  await runStandingTraffic(config, { clock, write }, { log, signal: stop.signal });
  expect(new Set(tried).size).toBe(1);
  const pauses = clock.sleeps.filter((ms) => ms >= 500);
  expect(pauses).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
});

test('ends when it is stopped while Kafka is away', async () => {
  const stop = new AbortController();
  const write = (): Promise<void> => {
    stop.abort();
    return Promise.reject(new AppError('topic', 'Kafka is away'));
  };
  const running = runStandingTraffic(
    config,
    { clock: sleepingClock(), write },
    { log, signal: stop.signal },
  );
  await expect(running).rejects.toMatchObject({ code: 'topic' });
});
