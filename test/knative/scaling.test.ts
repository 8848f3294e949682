import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Transaction } from '#shared/domain/transaction.ts';
import { DECODE_LIMITS, decodeTransactions } from '#shared/events/decode-transactions.ts';
import { createRandom } from '../../functions/generate/core/random.ts';
import { getFromScore } from '../../local/cluster/get-from-score.ts';
import { type KubeObject, textOf } from '../../local/cluster/kube-object.ts';
import { isGoodAnswer, type LoadSample } from '../../local/cluster/load-samples.ts';
import { countAlerts } from '../../local/cluster/notify-client.ts';
import { isServing, podsOfFunction } from '../../local/cluster/pods-of.ts';
import { type LoadTarget, postLoad } from '../../local/cluster/post-load.ts';
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

const PAIRS = 200;
const LOAD_MS = 60_000;
const ROLLOUT_AFTER_MS = 25_000;
/** So few a pod that the load is more than two may take, on any machine. */
const SCALE = ['score.scale.target=8', 'score.containerConcurrency=10', 'score.scale.max=4'];
const PODS_UNDER_LOAD = 3;
const CONCURRENCY = 80;

let on: TestCluster;
let own: OwnDeployment;
let target: LoadTarget;
let topics: TopicsOfDeployment;
/** All that was posted; every answer is asserted to be good, so all of it must count. */
const posted: Transaction[] = [];
const random = createRandom(4, 1);

beforeAll(async () => {
  on = await clusterForTests();
  own = ownDeployment(on);
  expect((await deploy()).output).toContain('[COMPLETE]');
  ({ target } = await reachScore(on.cluster, own.namespace, on.ingress));
  topics = topicsOfDeployment(on, own);
}, 300_000);

afterAll(async () => {
  await topics?.close();
  if (own === undefined) return;
  await splitwatch('clean', '--namespace', own.namespace, '--topics', '--yes');
}, 240_000);

function deploy(...more: string[]) {
  const set = SCALE.flatMap((value) => ['--set', value]);
  return splitwatch('deploy', ...own.flags, ...set, '--timeout', '4m', ...more);
}

/** The nth transaction: so much from one of the pairs that every third of them crosses. */
function bodyOf(n: number): string {
  const pair = n % PAIRS;
  const cents = random.between(100, pair % 3 === 0 ? 40_000 : 2_000);
  const body = JSON.stringify({
    ...{ timestamp: new Date().toISOString(), id: `n${posted.length}` },
    ...{ origin: `from-${pair}`, target: `to-${pair}`, amount: (cents / 100).toFixed(2) },
  });
  const headers = { 'content-type': 'application/json' };
  const options = { limits: DECODE_LIMITS, nowMs: Date.now(), makeId: () => 'has one' };
  const decoded = decodeTransactions(headers, Buffer.from(body), options);
  if (decoded.kind === 'one') posted.push(decoded.transaction);
  return body;
}

/** Posts until the time is over or the signal aborts; resolves with the answers that were bad. */
async function post(
  load: { forMs: number; concurrency: number; ratePerSecond: number },
  signal = new AbortController().signal,
): Promise<readonly LoadSample[]> {
  const bad: LoadSample[] = [];
  await postLoad({
    ...{ ...load, target, bodyOf, signal },
    onSample: (sample) => {
      if (!isGoodAnswer(sample.status)) bad.push(sample);
    },
  });
  return bad;
}

async function readyPods(): Promise<readonly KubeObject[]> {
  return (await podsOfFunction(on.cluster, own.namespace, 'score')).filter(isServing);
}

async function untilPods(what: string, is: (count: number) => boolean): Promise<void> {
  await until(what, 150_000, async () => is((await readyPods()).length));
}

const revisionOf = (pod: KubeObject): string =>
  textOf(pod, 'metadata', 'labels', 'serving.knative.dev/revision');

describe('score, from zero to many and back', () => {
  it('goes to zero, and answers the first transaction from there', async () => {
    await untilPods('no pod is left', (count) => count === 0);
    expect(await post({ forMs: 1, concurrency: 1, ratePerSecond: 0 })).toEqual([]);
    expect(posted).toHaveLength(1);
  }, 240_000);

  it('fails no answer while pods are added, nor while a new revision takes over', async () => {
    await untilPods('no pod is left', (count) => count === 0);
    let most = 0;
    const revisions = new Set<string>();
    const watching = new AbortController();
    const watched = (async () => {
      while (!watching.signal.aborted) {
        const pods = await readyPods();
        most = Math.max(most, pods.length);
        for (const pod of pods) revisions.add(revisionOf(pod));
      }
    })();
    const rollingOut = new Promise((resolve) => setTimeout(resolve, ROLLOUT_AFTER_MS)).then(() =>
      deploy('--no-wait', '--set', 'score.env.LOG_LEVEL=warn'),
    );
    const bad = await post({ forMs: LOAD_MS, concurrency: CONCURRENCY, ratePerSecond: 0 });
    watching.abort();
    await watched;
    expect((await rollingOut).exitCode).toBe(0);
    expect(bad).toEqual([]);
    expect(most).toBeGreaterThanOrEqual(PODS_UNDER_LOAD);
    expect([...revisions].sort()).toEqual(['score-00001', 'score-00002']);
  }, 300_000);

  it('fails no answer while pods go', async () => {
    // Those of the load before may be gone by now: a rollout takes its time.
    const many = { forMs: LOAD_MS, concurrency: CONCURRENCY, ratePerSecond: 0 };
    const few = { forMs: 150_000, concurrency: 2, ratePerSecond: 10 };
    const bad: LoadSample[] = [];
    for (const [load, what, isReached] of [
      [many, 'several pods are there', (count: number) => count > 1],
      [few, 'one pod is left', (count: number) => count === 1],
    ] as const) {
      const enough = new AbortController();
      const posting = post(load, enough.signal);
      await untilPods(what, isReached).finally(() => enough.abort());
      bad.push(...(await posting));
    }
    expect(bad).toEqual([]);
  }, 240_000);

  it("has counted what it answered for: totals equal the oracle's (L1, L2, O4)", async () => {
    const byPair = groupByPair(posted);
    const ask = ({ origin, target: to }: { origin: string; target: string }) =>
      getFromScore(target, `/pairs/${origin}/${to}`);
    expect(await differingTotals(byPair, ask)).toEqual([]);
    const frauds = await topics.frauds();
    const { count, missed } = judgeEpisodes(byPair, frauds);
    expect(count).toBeGreaterThan(PAIRS / 4);
    expect(missed).toEqual([]);
    expect(wrongFrauds(frauds)).toEqual([]);
    await topics.settled(60_000);
    const alerts = new Set(frauds.map(({ alertId }) => alertId));
    expect(await countAlerts(on.cluster, own.namespace)).toBe(alerts.size);
  }, 240_000);

  it('is at zero again, and knows its totals when it comes back (L5)', async () => {
    await untilPods('no pod is left', (count) => count === 0);
    const sample = groupByPair(posted.filter(({ origin }) => origin === 'from-0'));
    const ask = () => getFromScore(target, '/pairs/from-0/to-0');
    expect(await differingTotals(sample, ask)).toEqual([]);
    expect(sample.size).toBe(1);
  }, 240_000);
});
