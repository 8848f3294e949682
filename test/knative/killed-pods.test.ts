import { CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Transaction } from '#shared/domain/transaction.ts';
import { encodeTransactionRecord } from '#shared/events/transaction-event.ts';
import type { TopicRecord } from '#shared/kafka/topic.ts';
import { traffic } from '../../functions/generate/core/traffic.ts';
import { getFromScore } from '../../local/cluster/get-from-score.ts';
import { countAlerts } from '../../local/cluster/notify-client.ts';
import { isServing, podsOfFunction } from '../../local/cluster/pods-of.ts';
import { reachScore } from '../../local/cluster/score-target.ts';
import { until } from '../e2e/until.ts';
import { differingTotals, groupByPair, judgeEpisodes, wrongFrauds } from '../oracle/compare.ts';
import {
  clusterForTests,
  type OwnDeployment,
  ownDeployment,
  splitwatch,
  type TestCluster,
} from './cluster-for-tests.ts';
import { type TopicsOfDeployment, topicsOfDeployment } from './topics-of-deployment.ts';

const RATE_PER_SECOND = 100;
const SECONDS = 50;
const KILL_EVERY_SECONDS = 7;

let on: TestCluster;
let own: OwnDeployment;
let topics: TopicsOfDeployment;

beforeAll(async () => {
  on = await clusterForTests();
  own = ownDeployment(on);
  const deployed = await splitwatch('deploy', ...own.flags, '--timeout', '4m');
  expect(deployed.output).toContain('[COMPLETE]');
  topics = topicsOfDeployment(on, own);
}, 300_000);

afterAll(async () => {
  await topics?.close();
  if (own === undefined) return;
  await splitwatch('clean', '--namespace', own.namespace, '--topics', '--yes');
}, 240_000);

/** What is to be written in each second, with planted cases, repeats and late-comers. */
function makeInput(): { bySecond: TopicRecord[][]; delivered: Transaction[] } {
  const bySecond: TopicRecord[][] = Array.from({ length: SECONDS }, () => []);
  const delivered: Transaction[] = [];
  const options = {
    ...{ seed: 5, startTimeMs: Date.now(), ratePerSecond: RATE_PER_SECOND, accounts: 100 },
    ...{ count: RATE_PER_SECOND * SECONDS, plantedShare: 0.2, delayMaxMs: 3000 },
    // Planted for a shorter window than score's, so that cases are complete within the run.
    windowMs: (SECONDS * 1000) / 2,
  };
  for (const item of traffic(options)) {
    if (!('delivery' in item)) continue;
    const { source, eventId, transaction, dueMs } = item.delivery;
    const second = Math.min(Math.floor(dueMs / 1000), SECONDS - 1);
    bySecond[second]?.push(encodeTransactionRecord({ ...transaction, source, eventId }));
    delivered.push(transaction);
  }
  return { bySecond, delivered };
}

/** Ends the pods of a function at once, as `kubectl delete pod --force`. Resolves with how many. */
async function killPods(name: string): Promise<number> {
  const config = new KubeConfig();
  config.loadFromDefault();
  const api = config.makeApiClient(CoreV1Api);
  const pods = (await podsOfFunction(on.cluster, own.namespace, name)).filter(isServing);
  for (const { metadata } of pods) {
    const pod = { namespace: own.namespace, name: metadata.name };
    await api.deleteNamespacedPod({ ...pod, gracePeriodSeconds: 0 });
  }
  return pods.length;
}

it('nothing is lost or counted twice when pods are killed under load (L2)', async () => {
  const { bySecond, delivered } = makeInput();
  const startMs = performance.now();
  const killed = { score: 0, notify: 0 };
  for (const [second, records] of bySecond.entries()) {
    await until('the next second', 5000, async () => performance.now() >= startMs + second * 1000);
    await topics.writeTransactions(records);
    if (second % KILL_EVERY_SECONDS !== KILL_EVERY_SECONDS - 1) continue;
    killed.score += await killPods('score');
    killed.notify += await killPods('notify');
  }
  await topics.settled(180_000);
  expect(killed.score).toBeGreaterThanOrEqual(4);
  expect(killed.notify).toBeGreaterThanOrEqual(4);

  const byPair = groupByPair(delivered);
  const { target } = await reachScore(on.cluster, own.namespace, on.ingress);
  const ask = ({ origin, target: to }: { origin: string; target: string }) =>
    getFromScore(target, `/pairs/${encodeURIComponent(origin)}/${encodeURIComponent(to)}`);
  expect(await differingTotals(byPair, ask)).toEqual([]);
  const frauds = await topics.frauds();
  const { count, missed } = judgeEpisodes(byPair, frauds);
  expect(count).toBeGreaterThan(10);
  expect(missed).toEqual([]);
  expect(wrongFrauds(frauds)).toEqual([]);
  const alerts = new Set(frauds.map(({ alertId }) => alertId));
  expect(await countAlerts(on.cluster, own.namespace)).toBe(alerts.size);
  expect(await topics.deadLetters()).toEqual([]);
}, 400_000);
