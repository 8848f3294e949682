import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeTransactionRecord } from '#shared/events/transaction-event.ts';
import { getFromScore } from '../../local/cluster/get-from-score.ts';
import { countAlerts } from '../../local/cluster/notify-client.ts';
import { podsOfSource } from '../../local/cluster/pods-of.ts';
import { reachScore } from '../../local/cluster/score-target.ts';
import { until } from '../e2e/until.ts';
import { differingTotals, groupByPair, judgeEpisodes, wrongFrauds } from '../oracle/compare.ts';
import {
  clusterForTests,
  type OwnDeployment,
  ownDeployment,
  type Ran,
  splitwatch,
  type TestCluster,
} from './cluster-for-tests.ts';
import { killPods } from './kill-pods.ts';
import { type TopicsOfDeployment, topicsOfDeployment } from './topics-of-deployment.ts';
import { trafficBySecond } from './traffic-by-second.ts';

const RATE_PER_SECOND = 400;
const SECONDS = 30;
const KILL_EVERY_SECONDS = 7;
const CAME_OUT = 'two transactions went in, one alert came out';

let on: TestCluster;
let own: OwnDeployment;
let topics: TopicsOfDeployment;

beforeAll(async () => {
  on = await clusterForTests();
  own = ownDeployment(on);
  topics = topicsOfDeployment(on, own);
});

afterAll(async () => {
  await topics?.close();
  if (own === undefined) return;
  await splitwatch('clean', '--namespace', own.namespace, '--topics', '--yes');
}, 240_000);

const deploy = (kind: 'batch' | 'kafka', replicas = 2): Promise<Ran> => {
  const set = ['--set', `source.kind=${kind}`, '--set', `source.replicas=${replicas}`];
  return splitwatch('deploy', ...own.flags, ...set, '--timeout', '4m');
};

/** Two transactions of a pair, by Kafka, which together are too much. */
async function writeSplitSum(origin: string): Promise<void> {
  const pair = { origin, target: '26', currency: 'USD', source: '/lane' };
  const records = [517_500, 643_700].map((amountMinor, i) =>
    encodeTransactionRecord({
      ...{ ...pair, amountMinor, eventTimeMs: Date.now() + i, eventId: `${origin}-${i}` },
    }),
  );
  await topics.writeTransactions(records);
}

const alerts = (expected: number): Promise<void> =>
  until(`${expected} alerts`, 60_000, async () => {
    return (await countAlerts(on.cluster, own.namespace)) === expected;
  });

describe('a deployment with source.kind=batch', () => {
  it('goes through all steps, a probe included', async () => {
    const deployed = await deploy('batch');
    expect(deployed.output).toContain(CAME_OUT);
    expect(deployed.exitCode).toBe(0);
    expect(await podsOfSource(on.cluster, own.namespace)).toHaveLength(2);
    const kafka = ['--kafka', on.kafkaHere];
    const status = await splitwatch('status', '--namespace', own.namespace, '--json', ...kafka);
    const known = JSON.parse(status.output) as { status: string; lag: Record<string, number> };
    expect(known.status).toBe('COMPLETE');
    expect(Object.keys(known.lag)).toContain(own.groups.score);
  }, 300_000);

  it('finds a sum that was split, written to Kafka', async () => {
    await writeSplitSum('66');
    await alerts(1);
  }, 90_000);

  it("goes on in the same group when a KafkaSource takes the source's place, and back", async () => {
    expect((await deploy('kafka')).output).toContain(CAME_OUT);
    await writeSplitSum('67');
    await alerts(2);
    expect((await deploy('batch')).output).toContain(CAME_OUT);
    await writeSplitSum('68');
    await alerts(3);
    expect(await topics.deadLetters()).toEqual([]);
  }, 600_000);

  it('loses nothing and counts nothing twice when its pods are killed under load (L2)', async () => {
    const when = { ratePerSecond: RATE_PER_SECOND, seconds: SECONDS, startTimeMs: Date.now() };
    const { bySecond, delivered } = trafficBySecond(when);
    const startMs = performance.now();
    let killed = 0;
    for (const [second, records] of bySecond.entries()) {
      const dueMs = startMs + second * 1000;
      await until('the next second', 20_000, async () => performance.now() >= dueMs);
      await topics.writeTransactions(records);
      if (second % KILL_EVERY_SECONDS !== KILL_EVERY_SECONDS - 1) continue;
      killed += await killPods(own.namespace, await podsOfSource(on.cluster, own.namespace));
    }
    await topics.settled(180_000);
    expect(killed).toBeGreaterThanOrEqual(4);

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
    expect(await topics.deadLetters()).toEqual([]);
  }, 400_000);

  it('is gone after clean, its group too', async () => {
    const cleaned = await splitwatch('clean', '--namespace', own.namespace, '--topics', '--yes');
    expect(cleaned.output).toContain('Step nothing is left (COMPLETE)');
    expect(cleaned.output).toContain(own.groups.score);
    expect(cleaned.exitCode).toBe(0);
  }, 240_000);
});
