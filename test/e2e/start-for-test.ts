import { randomUUID } from 'node:crypto';
import { createClient } from '@redis/client';
import { brokersForTests } from '#shared/kafka/kafka-test-brokers.ts';
import { createLog } from '#shared/log.ts';
import { type RunningUp, startUp } from '../../local/up.ts';
import type { UpOptions } from '../../local/up-options.ts';

/** The pipeline of ./splitwatch up with topics, groups and a Redis database of its own. */
export interface TestUp extends RunningUp {
  /** What notify printed. */
  readonly output: readonly string[];
  /** What was said about functions that died. */
  readonly reports: readonly string[];
}

/** The e2e lane uses this database of the Redis that it is given, unless somebody else does. */
const DATABASE = 9;
/** Marks a database that the lane took when it was empty, and that it may therefore empty. */
const MARK = 'splitwatch-e2e';

export async function startForTest(options: Partial<UpOptions> = {}): Promise<TestUp> {
  const output: string[] = [];
  const reports: string[] = [];
  const up = await startUp({
    kafkaBrokers: brokersForTests(),
    redisUrl: await emptyRedis(),
    environment: process.env,
    scoreProcesses: 1,
    ratePerSecond: 0,
    prefix: `e2e-${randomUUID()}-`,
    channel: 'log',
    onOutput: (line) => output.push(line),
    onLogLine: () => {},
    report: (sentence) => reports.push(sentence),
    runStep: (_phase, _step, work) => work(),
    delivery: { retry: 8, backoffPolicy: 'exponential', backoffDelay: 'PT0.1S', timeout: 'PT5S' },
    commitIntervalMs: 200,
    log: createLog('e2e', 'error'),
    ...options,
  });
  return { ...up, output, reports };
}

/** Loses all that a database of ours holds, while the product is running on it. */
export async function wipeRedis(url: string): Promise<void> {
  const client = await createClient({ url }).connect();
  await client.multi().flushDb().set(MARK, 'may be emptied').exec();
  await client.close();
}

/**
 * Address of an empty database.
 * @throws Error when it holds keys of somebody else: nothing of theirs is deleted.
 */
export async function emptyRedis(database = DATABASE): Promise<string> {
  const given = process.env.REDIS_URL;
  if (!given) {
    throw new Error('REDIS_URL is not set: run ./splitwatch test, which starts a Redis');
  }
  const url = new URL(given);
  url.pathname = `/${database}`;
  const client = createClient({ url: url.href });
  await client.connect();
  try {
    if ((await client.exists(MARK)) === 0 && (await client.dbSize()) > 0) {
      const cure = 'empty it, or run ./splitwatch test without REDIS_URL, which starts one';
      throw new Error(`database ${database} of REDIS_URL holds keys that are not ours: ${cure}`);
    }
    await client.flushDb();
    await client.set(MARK, 'may be emptied');
  } finally {
    await client.close();
  }
  return url.href;
}
