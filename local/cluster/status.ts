import { createPlan, type Plan, statusOf, stepOf } from '../plan-tree.ts';
import type { Cluster } from './cluster.ts';
import { DEPLOY_PLAN, type Placement, placementOf, type StepName } from './deploy-steps.ts';
import { explain } from './explain.ts';
import { type Inventory, inventoryRef, readInventory } from './inventory.ts';
import { type KubeObject, type ObjectRef, refOf, showRef, textOf } from './kube-object.ts';
import { countAlerts } from './notify-client.ts';
import { podTrouble } from './pod-trouble.ts';
import { isServing, podsOf, podsOfFunction } from './pods-of.ts';
import { type KafkaAccess, reachKafka } from './reach-kafka.ts';
import { readinessOf } from './readiness.ts';

/** One look at a deployment, from the cluster's truth. */
export interface ClusterStatus {
  readonly plan: Plan;
  readonly functions: readonly FunctionStatus[];
  /**
   * Records that are not handled yet, by group; undefined where Kafka cannot be asked from here.
   */
  readonly lag: Readonly<Record<string, number>> | undefined;
  /** Alerts so far; undefined when notify cannot be asked. */
  readonly alerts: number | undefined;
  /** Why what is not complete is not, and what to do; empty for a complete one. */
  readonly why: readonly string[];
  readonly cures: readonly string[];
}

export interface FunctionStatus {
  readonly name: string;
  readonly revision: string;
  /** Pods that take requests. */
  readonly pods: number;
  readonly url: string;
}

interface Found {
  readonly ref: ObjectRef;
  readonly object: KubeObject | undefined;
  readonly placement: Placement;
}

/** Undefined when nothing is deployed in that namespace. */
export async function readStatus(
  cluster: Cluster,
  namespace: string,
  kafka: KafkaAccess,
): Promise<ClusterStatus | undefined> {
  const inventory = readInventory(await cluster.read(inventoryRef(namespace)));
  if (inventory === undefined) return undefined;
  const found = await Promise.all(
    inventory.objects.map(async (ref) => {
      const object = await cluster.read(ref);
      return { ref, object, placement: placementOf(object ?? asObject(ref)) };
    }),
  );
  const [functions, lag, alerts] = await Promise.all([
    functionsOf(cluster, found),
    readLag(inventory, kafka),
    countAlerts(cluster, namespace),
  ]);
  const plan = createPlan('splitwatch', `namespace ${namespace}`, DEPLOY_PLAN);
  const bad: KubeObject[] = [];
  for (const [phase, steps] of Object.entries(DEPLOY_PLAN)) {
    if (phase === 'verify') continue;
    for (const step of steps) {
      const own = found.filter(({ placement }) => placementIn(placement, step as StepName));
      const open = await fillStep(cluster, plan, { phase, step, own });
      bad.push(...open);
    }
  }
  addNotes(plan, { functions, lag, alerts, inventory });
  const { why, cures } = bad.length > 0 ? await explain(cluster, bad) : { why: [], cures: [] };
  return { plan, functions, lag, alerts, why, cures };
}

/** Exit code: 0 complete, 1 failed, 2 on its way. */
export function exitCodeOf({ plan }: Pick<ClusterStatus, 'plan'>): number {
  const status = statusOf(plan.phases.flatMap(({ steps }) => steps));
  return status === 'COMPLETE' ? 0 : status === 'FATAL_ERROR' ? 1 : 2;
}

/** What stands before every step counts with the first one. */
function placementIn(placement: Placement, step: StepName): boolean {
  return (placement === 'first' ? 'topics' : placement) === step;
}

/** An object that is gone, as far as its reference tells. */
function asObject({ apiVersion, kind, name, namespace }: ObjectRef): KubeObject {
  const metadata = { name, ...(namespace !== undefined && { namespace }) };
  return { apiVersion, kind, metadata };
}

/** Sets one step's status; gives the objects that are not ready. */
async function fillStep(
  cluster: Cluster,
  plan: Plan,
  { phase, step, own }: { phase: string; step: string; own: readonly Found[] },
): Promise<readonly KubeObject[]> {
  const state = stepOf(plan, phase, step);
  const words: string[] = [];
  const open: KubeObject[] = [];
  let isFailed = false;
  for (const { ref, object } of own) {
    if (object === undefined) {
      isFailed = true;
      words.push(`${showRef(ref)} is gone`);
      continue;
    }
    const readiness = readinessOf(object);
    if (readiness.kind === 'ready') continue;
    open.push(object);
    words.push(`${showRef(ref)}: ${readiness.words}`);
    const pods = await podsOf(cluster, object);
    isFailed ||= readiness.kind === 'failed' || pods.some((pod) => podTrouble(pod)?.isHopeless);
  }
  state.note = own.length === 0 ? 'not part of this deployment' : words.join('; ');
  state.status = isFailed ? 'FATAL_ERROR' : words.length > 0 ? 'IN_PROGRESS' : 'COMPLETE';
  return open;
}

async function functionsOf(
  cluster: Cluster,
  found: readonly Found[],
): Promise<readonly FunctionStatus[]> {
  const functions: FunctionStatus[] = [];
  for (const name of DEPLOY_PLAN.functions) {
    const object = found.find(({ placement }) => placement === name)?.object;
    if (object === undefined) continue;
    const { namespace = '' } = refOf(object);
    const pods = await podsOfFunction(cluster, namespace, object.metadata.name);
    functions.push({
      name,
      revision: textOf(object, 'status', 'latestReadyRevisionName'),
      pods: pods.filter(isServing).length,
      url: textOf(object, 'status', 'url'),
    });
  }
  return functions;
}

async function readLag(
  { kafka }: Inventory,
  access: KafkaAccess,
): Promise<Record<string, number> | undefined> {
  const groups = await reachKafka(access, kafka.brokers);
  if (groups === undefined) return undefined;
  try {
    const lag: Record<string, number> = {};
    for (const { group, topic } of kafka.groups) lag[group] = await groups.lag(group, topic);
    return lag;
  } catch {
    return undefined;
  } finally {
    await groups.close();
  }
}

function addNotes(
  plan: Plan,
  {
    functions,
    lag,
    alerts,
    inventory,
  }: Pick<ClusterStatus, 'functions' | 'lag' | 'alerts'> & { inventory: Inventory },
): void {
  for (const { name, revision, pods, url } of functions) {
    const step = stepOf(plan, 'functions', name);
    const facts = [revision, pods === 1 ? '1 pod' : `${pods} pods`, url];
    if (name === 'notify' && alerts !== undefined)
      facts.push(`${alerts} ${alerts === 1 ? 'alert' : 'alerts'} so far`);
    const about = facts.filter((fact) => fact !== '').join(', ');
    step.note = step.note === '' ? about : `${step.note} (${about})`;
  }
  const sources = stepOf(plan, 'eventing', 'sources');
  const behind = Object.entries(lag ?? {}).map(([group, records]) => `${group} ${records}`);
  const lagWords = lag === undefined ? 'lag unknown, name --kafka' : `lag ${behind.join(', ')}`;
  sources.note = sources.note === '' ? lagWords : `${sources.note} (${lagWords})`;
  const probe = stepOf(plan, 'verify', 'probe');
  const isDeployed = plan.phases.every(
    ({ name, steps }) => name === 'verify' || statusOf(steps) === 'COMPLETE',
  );
  probe.status = inventory.isVerified && isDeployed ? 'COMPLETE' : 'PENDING';
  probe.note = inventory.isVerified
    ? 'came through when it was deployed'
    : 'has not come through yet: ./splitwatch deploy sends it';
}
