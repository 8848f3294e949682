import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createKafkaTopics } from '#shared/kafka/kafka-topics.ts';
import { createLog } from '#shared/log.ts';
import { redisCommand } from '../../local/chaos/redis-command.ts';
import { type Services, startServices } from '../../local/services/start-services.ts';
import { patternOf, ROOT, readmeCommands, typed } from './readme-commands.ts';
import { startForTest, type TestUp } from './start-for-test.ts';

/** docs/operations.md as typed, with a broker and a Redis of its own: one is wiped on the way. */
const commands = readmeCommands(readFileSync(join(ROOT, 'docs/operations.md'), 'utf8'));
const sections = [...new Set(commands.map(({ section }) => section))];
const log = createLog('e2e', 'silent');

let services: Services;
let up: TestUp;
const redisUrl = (): string => services.redisUrl as string;
const brokers = (): string => services.kafkaBrokers as string;
const score = (): string => up.scoreUrls[0] as string;

beforeAll(async () => {
  const environment = { ...process.env, REDIS_URL: undefined, KAFKA_BROKERS: undefined };
  services = await startServices({ redis: true, kafka: true, log: () => {}, environment });
  up = await startForTest({
    ...{ kafkaBrokers: [brokers()], redisUrl: redisUrl(), prefix: '', channel: 'none' },
    // Tried for long: what waits for the rebuild is no dead letter.
    delivery: { retry: 200, backoffPolicy: 'linear', backoffDelay: 'PT0.1S', timeout: 'PT15S' },
  });
  const event = (id: string, time: string, amount: string) => ({
    key: '66:26',
    value: Buffer.from(JSON.stringify({ timestamp: time, origin: '66', target: '26', amount })),
    headers: {
      ...{ ce_specversion: '1.0', ce_type: 'io.splitwatch.transaction.v1', ce_id: id },
      ...{ ce_source: '/bank/a', 'content-type': 'application/json' },
    },
  });
  const topics = createKafkaTopics({ brokers: [brokers()], log });
  await topics.write('transactions', [
    event('first', '2026-11-22T10:00:00Z', '7810.00'),
    event('second', '2026-11-22T10:01:00Z', '3802.00'),
    { key: null, value: Buffer.from('{"timestamp":'), headers: {} },
  ]);
  await topics.close();
  await vi.waitFor(
    async () => {
      const stats = await up.stats();
      expect(stats.score).toMatchObject({ delivered: 2, deadLettered: 1, lag: 0 });
      expect(stats.notify).toMatchObject({ delivered: 1, lag: 0 });
    },
    { timeout: 60_000, interval: 200 },
  );
}, 180_000);

afterAll(async () => {
  await up?.stop();
  await services?.stop();
}, 60_000);

/** What has to happen before a section's first line is typed. */
const BEFORE: Readonly<Record<string, () => Promise<void>>> = {
  'score answers 503, and is not ready': async () => {
    await redisCommand(redisUrl(), 'FLUSHALL');
    await vi.waitFor(async () => expect((await fetch(`${score()}/readyz`)).status).toBe(503), {
      timeout: 20_000,
      interval: 100,
    });
  },
};

it('has sections, and a happening for none that is not there', () => {
  expect(commands.length).toBeGreaterThan(15);
  for (const section of Object.keys(BEFORE)) expect(sections).toContain(section);
});

describe.each(sections)('on call: %s', (section) => {
  beforeAll(async () => BEFORE[section]?.(), 60_000);

  it.each(commands.filter((command) => command.section === section))(
    'prints what the page says for: $command',
    { timeout: 120_000 },
    async ({ command, expected }) => {
      const names = `export KAFKA_BROKERS='${brokers()}' REDIS_URL='${redisUrl()}'`;
      const urls = `SCORE='${score()}' NOTIFY='${up.pageUrl}'`;
      const { output } = await typed(`${names} ${urls}; ${command}`, {});
      expect(output).toMatch(patternOf(expected));
    },
  );
});
