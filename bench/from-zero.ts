import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createRandom } from '../functions/generate/core/random.ts';
import type { Cluster } from '../local/cluster/cluster.ts';
import { openCluster } from '../local/cluster/kube-cluster.ts';
import { type KubeObject, listOf, textOf } from '../local/cluster/kube-object.ts';
import { percentile } from '../local/cluster/load-samples.ts';
import { podsOfFunction } from '../local/cluster/pods-of.ts';
import { type LoadTarget, postLoad } from '../local/cluster/post-load.ts';
import { reachScore } from '../local/cluster/score-target.ts';

/**
 * The first answer of a score that is at zero, by the ingress, and where its time goes. Needs a
 * deployment whose score is public; see bench/README.md.
 */
const LOOK_EVERY_MS = 20;
const ZERO_TIMEOUT_MS = 300_000;
const PARTS = ['decide', 'create', 'process', 'route', 'total'] as const;
type Round = Readonly<Record<(typeof PARTS)[number], number>>;

const WHAT: Readonly<Record<keyof Round, string>> = {
  decide: 'the request waits in the activator, the autoscaler asks for a pod, Kubernetes has it',
  create: 'the pod is scheduled, its sandbox and containers are made, until Node starts',
  process: 'from the start of Node until score listens, with its Redis connected',
  route: 'the pod is found ready, the request goes through, its answer comes back',
  total: 'from the request to its answer, status 200',
};

const { values } = parseArgs({
  options: {
    ingress: { type: 'string', default: process.env.INGRESS ?? '' },
    namespace: { type: 'string', default: 'splitwatch' },
    rounds: { type: 'string', default: '7' },
  },
});
const random = createRandom(Date.now());
const cluster = await openCluster();
const { target } = await reachScore(cluster, values.namespace, values.ingress);
const rounds: Round[] = [];
for (let n = 1; n <= Number(values.rounds); n += 1) {
  await untilZero(cluster);
  const round = await measure(cluster, target);
  rounds.push(round);
  process.stderr.write(`${n}: ${PARTS.map((part) => `${part} ${round[part]}`).join(', ')} ms\n`);
}
process.stdout.write(`Median of ${rounds.length}\n\n| part | ms | what |\n| --- | ---: | --- |\n`);
for (const part of PARTS) {
  const sorted = rounds.map((round) => round[part]).sort((a, b) => a - b);
  process.stdout.write(`| ${part} | ${percentile(sorted, 0.5)} | ${WHAT[part]} |\n`);
}
process.exit(0);

async function untilZero(on: Cluster): Promise<void> {
  const deadlineMs = Date.now() + ZERO_TIMEOUT_MS;
  while ((await podsOfFunction(on, values.namespace, 'score')).length > 0) {
    if (Date.now() > deadlineMs) throw new Error('score does not go to zero');
    await sleep(500);
  }
}

async function measure(on: Cluster, to: LoadTarget): Promise<Round> {
  const askedMs = Date.now();
  let status = 0;
  let answeredMs = 0;
  const body = JSON.stringify({
    ...{ timestamp: new Date().toISOString(), id: `from-zero-${random.between(0, 2 ** 40)}` },
    ...{ origin: 'bench', target: 'from-zero', amount: '1.00' },
  });
  const asking = postLoad({
    ...{ target: to, forMs: 1, concurrency: 1, ratePerSecond: 0, bodyOf: () => body },
    signal: new AbortController().signal,
    onSample: (sample) => {
      status = sample.status;
      answeredMs = Date.now();
    },
  });
  const pod = await firstPod(on);
  const seenMs = Date.now();
  await asking;
  if (status !== 200) throw new Error(`score answered ${status}`);
  const { listeningMs, startMs } = await listeningOf(on, pod);
  const startedMs = listeningMs - startMs;
  return {
    decide: seenMs - askedMs,
    create: startedMs - seenMs,
    process: startMs,
    route: answeredMs - listeningMs,
    total: answeredMs - askedMs,
  };
}

async function firstPod(on: Cluster): Promise<KubeObject> {
  for (;;) {
    const [pod] = await podsOfFunction(on, values.namespace, 'score');
    if (pod !== undefined) return pod;
    await sleep(LOOK_EVERY_MS);
  }
}

/** When the function said that it listens, and how long its start had taken by then. */
async function listeningOf(
  on: Cluster,
  pod: KubeObject,
): Promise<{ listeningMs: number; startMs: number }> {
  const container = textOf(listOf(pod, 'spec', 'containers')[0], 'name');
  const ref = { namespace: values.namespace, name: pod.metadata.name, container };
  for (const line of (await on.readLog(ref)).split('\n')) {
    if (!line.includes('"startMs"')) continue;
    const { time, startMs } = JSON.parse(line) as {
      time: number | string;
      startMs: Readonly<Record<string, number>>;
    };
    return { listeningMs: new Date(time).getTime(), startMs: sum(startMs) };
  }
  throw new Error(`${pod.metadata.name} does not say when it listened`);
}

function sum(parts: Readonly<Record<string, number>>): number {
  return Object.values(parts).reduce((total, part) => total + part, 0);
}
