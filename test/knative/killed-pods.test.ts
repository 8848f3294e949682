import { afterAll, beforeAll, expect, it } from 'vitest';
import { getFromScore } from '../../local/cluster/get-from-score.ts';
import { countAlerts } from '../../local/cluster/notify-client.ts';
import { podsOfFunction } from '../../local/cluster/pods-of.ts';
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
import { killPods } from './kill-pods.ts';
import { type TopicsOfDeployment, topicsOfDeployment } from './topics-of-deployment.ts';
import { trafficBySecond } from './traffic-by-second.ts';

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

const kill = async (name: string): Promise<number> =>
  killPods(own.namespace, await podsOfFunction(on.cluster, own.namespace, name));

it('nothing is lost or counted twice when pods are killed under load (L2)', async () => {
  const when = { ratePerSecond: RATE_PER_SECOND, seconds: SECONDS, startTimeMs: Date.now() };
  const { bySecond, delivered } = trafficBySecond(when);
  const startMs = performance.now();
  const killed = { score: 0, notify: 0 };
  for (const [second, records] of bySecond.entries()) {
    await until('the next second', 5000, async () => performance.now() >= startMs + second * 1000);
    await topics.writeTransactions(records);
    if (second % KILL_EVERY_SECONDS !== KILL_EVERY_SECONDS - 1) continue;
    killed.score += await kill('score');
    killed.notify += await kill('notify');
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
