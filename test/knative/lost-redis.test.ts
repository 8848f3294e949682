import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { Transaction } from '#shared/domain/transaction.ts';
import { encodeTransactionRecord } from '#shared/events/transaction-event.ts';
import { traffic } from '../../functions/generate/core/traffic.ts';
import { redisCommand } from '../../local/chaos/redis-command.ts';
import { getFromScore } from '../../local/cluster/get-from-score.ts';
import { countAlerts } from '../../local/cluster/notify-client.ts';
import { type ReachedState, reachState } from '../../local/cluster/reach-state.ts';
import { differingTotals, groupByPair, judgeEpisodes } from '../oracle/compare.ts';
import {
  clusterForTests,
  type OwnDeployment,
  ownDeployment,
  splitwatch,
  type TestCluster,
} from './cluster-for-tests.ts';
import { type TopicsOfDeployment, topicsOfDeployment } from './topics-of-deployment.ts';

const TRANSACTIONS = 1500;
const PATIENCE = { timeout: 60_000, interval: 500 };

let on: TestCluster;
let own: OwnDeployment;
let topics: TopicsOfDeployment;
let reached: ReachedState;

beforeAll(async () => {
  on = await clusterForTests();
  own = ownDeployment(on);
  const stays = ['--set', 'score.scale.min=1'];
  const deployed = await splitwatch('deploy', ...own.flags, ...stays, '--timeout', '4m');
  expect(deployed.output).toContain('[COMPLETE]');
  topics = topicsOfDeployment(on, own);
  reached = await reachState(on.cluster, own.namespace);
}, 300_000);

afterAll(async () => {
  await reached?.close();
  await topics?.close();
  if (own === undefined) return;
  await splitwatch('clean', '--namespace', own.namespace, '--topics', '--yes');
}, 240_000);

async function isReady(): Promise<{ status: number; reason: string | undefined }> {
  const response = await fetch(`${reached.scoreUrl}/readyz`);
  const { reason } = (await response.json()) as { reason?: string };
  return { status: response.status, reason };
}

it('a Redis that lost everything is noticed, and rebuilt from here (L3)', async () => {
  const delivered: Transaction[] = [];
  const records = [];
  const options = {
    seed: 8,
    startTimeMs: Date.now(),
    ratePerSecond: 100,
    accounts: 100,
    plantedShare: 0.3,
  };
  for (const item of traffic({ ...options, count: TRANSACTIONS, windowMs: 20_000 })) {
    if (!('delivery' in item)) continue;
    const { source, eventId, transaction } = item.delivery;
    records.push(encodeTransactionRecord({ ...transaction, source, eventId }));
    delivered.push(transaction);
  }
  await topics.writeTransactions(records);
  await topics.settled(180_000);
  const alerts = await countAlerts(on.cluster, own.namespace);

  await redisCommand(reached.redisUrl, 'FLUSHALL');
  await vi.waitFor(async () => {
    const { status, reason } = await isReady();
    expect(status).toBe(503);
    expect(reason).toContain('Redis has lost');
  }, PATIENCE);

  const where = ['--namespace', own.namespace, '--kafka', on.kafkaHere];
  const rebuilt = await splitwatch('rebuild', ...where);
  expect(rebuilt.output).toMatch(/^KafkaSource transactions is stopped meanwhile$/m);
  expect(rebuilt.output).toMatch(/^KafkaSource transactions goes on with 1 consumer$/m);
  expect(rebuilt.output).toMatch(/^rebuilt: \d+ transactions/m);
  expect(rebuilt.exitCode).toBe(0);
  expect(await isReady()).toMatchObject({ status: 200 });

  const byPair = groupByPair(delivered);
  const target = { url: reached.scoreUrl };
  const ask = ({ origin, target: to }: { origin: string; target: string }) =>
    getFromScore(target, `/pairs/${encodeURIComponent(origin)}/${encodeURIComponent(to)}`);
  expect(await differingTotals(byPair, ask)).toEqual([]);
  const { count, missed } = judgeEpisodes(byPair, await topics.frauds());
  expect(count).toBeGreaterThan(3);
  expect(missed).toEqual([]);
  expect(await countAlerts(on.cluster, own.namespace)).toBe(alerts);

  // What comes after it is noted as what came before was.
  await topics.writeTransactions(records.slice(-1));
  await topics.settled(60_000);
  const audited = await splitwatch('audit', ...where);
  expect(audited.output).toMatch(/^rule: .*, as score says$/m);
  expect(audited.output).toMatch(/^clean: \d+ records processed/m);
  expect(audited.exitCode).toBe(0);
}, 400_000);

it('a dead letter of a deployment is listed, sent again and dropped from here (L4)', async () => {
  const where = ['--namespace', own.namespace, '--kafka', on.kafkaHere];
  await topics.writeTransactions([{ key: null, value: Buffer.from('no line'), headers: {} }]);
  await topics.settled(60_000);
  const listed = await splitwatch('dlq', 'ls', ...where);
  expect(listed.output).toMatch(/^1 open: 1 malformed; 0 decided$/m);
  const [, name = ''] = /^(\d+\/\d+) /m.exec(listed.output) ?? [];
  const again = await splitwatch('dlq', 'redrive', name, '--force', '--yes', ...where);
  expect(again.output).toContain(`${name}  redriven to ${own.topics.transactions}`);
  await topics.settled(60_000);
  const both = await splitwatch('dlq', 'ls', '--json', ...where);
  const { letter } = JSON.parse(both.output.trim().split('\n').at(-1) ?? '') as { letter: string };
  const dropped = await splitwatch('dlq', 'drop', letter, '--reason', 'a test', '--yes', ...where);
  expect(dropped.output).toContain(`${letter}  dropped: a test`);
  expect((await splitwatch('dlq', 'ls', ...where)).output).toMatch(/^0 open; 2 decided$/m);
}, 200_000);
