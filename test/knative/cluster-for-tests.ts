import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Cluster } from '../../local/cluster/cluster.ts';
import { openCluster } from '../../local/cluster/kube-cluster.ts';
import { runProgramFile } from '../../local/services/run-program.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/** What the lane needs to know of a cluster; `docs/knative.md` says how to bring one up. */
export interface TestCluster {
  readonly cluster: Cluster;
  /** Brokers as pods reach them. */
  readonly kafka: string;
  /** The same brokers as seen from here. */
  readonly kafkaHere: string;
  /** Where the ingress listens, with http://. */
  readonly ingress: string;
  /** Values that name the images that the nodes have. */
  readonly valuesFile: string;
}

/** @throws Error with one line that says what to set. */
export async function clusterForTests(): Promise<TestCluster> {
  const { KUBECONFIG, KAFKA_BOOTSTRAP, KAFKA_BOOTSTRAP_HOST, INGRESS, KNATIVE_VALUES } =
    process.env;
  if (!KUBECONFIG || !KAFKA_BOOTSTRAP || !KAFKA_BOOTSTRAP_HOST || !INGRESS || !KNATIVE_VALUES) {
    throw new Error(
      'set KUBECONFIG, KAFKA_BOOTSTRAP (brokers as pods reach them), KAFKA_BOOTSTRAP_HOST (as ' +
        'reached from here), INGRESS and KNATIVE_VALUES (a values file that names images); see ' +
        'docs/knative.md',
    );
  }
  return {
    cluster: await openCluster(),
    kafka: KAFKA_BOOTSTRAP,
    kafkaHere: KAFKA_BOOTSTRAP_HOST,
    ingress: INGRESS.includes('://') ? INGRESS : `http://${INGRESS}`,
    valuesFile: KNATIVE_VALUES,
  };
}

export interface Ran {
  readonly exitCode: number;
  readonly output: string;
}

/** Runs ./splitwatch to its end. */
export async function splitwatch(...args: readonly string[]): Promise<Ran> {
  const main = join(ROOT, 'cli', 'main.ts');
  const { exitCode, output } = await runProgramFile(process.execPath, [main, ...args], {
    folder: ROOT,
    environment: {},
  });
  return { exitCode: exitCode ?? -1, output };
}

/**
 * A deployment of a test's own: its namespace, and topics and groups that no other has. Topics that
 * were deleted are never made again under the same name: sinks remember the old ones.
 */
export interface OwnDeployment {
  readonly namespace: string;
  readonly topics: { readonly transactions: string; readonly fraud: string; readonly dlq: string };
  readonly groups: { readonly score: string; readonly notify: string };
  /** What `deploy` is told, besides what a test adds. */
  readonly flags: readonly string[];
}

export function ownDeployment(
  { kafka, valuesFile }: TestCluster,
  redis: { readonly isPersistent: boolean } = { isPersistent: false },
): OwnDeployment {
  const id = `t${randomUUID().slice(0, 8)}`;
  const set = [
    ...['transactions', 'fraud', 'transactionsDlq', 'fraudDlq'].map(
      (name) => `topics.${name}.name=${id}-${name.toLowerCase()}`,
    ),
    `sources.transactions.consumerGroup=${id}-score`,
    `sources.fraud.consumerGroup=${id}-notify`,
    'sources.transactions.consumers=1',
    'score.public=true',
    'score.ceExtensions.deployment=lane',
    'generate.ping.enabled=false',
    `redis.persistence.enabled=${redis.isPersistent}`,
  ];
  return {
    namespace: `splitwatch-${id}`,
    topics: {
      transactions: `${id}-transactions`,
      fraud: `${id}-fraud`,
      dlq: `${id}-transactionsdlq`,
    },
    groups: { score: `${id}-score`, notify: `${id}-notify` },
    flags: [
      ...['--namespace', `splitwatch-${id}`, '--kafka', kafka, '--values', valuesFile],
      ...set.flatMap((value) => ['--set', value]),
    ],
  };
}
