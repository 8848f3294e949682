import { setTimeout as sleep } from 'node:timers/promises';
import { type Applied, applyObjects } from './apply-objects.ts';
import { missingParts } from './capabilities.ts';
import type { Change, Cluster } from './cluster.ts';
import { kafkaNamesOf, type Placement, placeObjects, type StepName } from './deploy-steps.ts';
import {
  type Inventory,
  inventoryObject,
  inventoryRef,
  leftOver,
  marked,
  readInventory,
} from './inventory.ts';
import { keepSecrets } from './kept-secrets.ts';
import { type KubeObject, type ObjectRef, refOf } from './kube-object.ts';
import { podsOfSource } from './pods-of.ts';
import { isBindingKnown } from './readiness.ts';
import { REDIS_URL_SECRET, type Rendered } from './render-chart.ts';
import { runProbe } from './run-probe.ts';
import { StepFailure, StoppedError } from './step-failure.ts';
import { waitReady } from './wait-ready.ts';

/** Runs one step of `DEPLOY_PLAN`; `tell` puts words beside it meanwhile. */
export type RunDeployStep = <T>(
  phase: string,
  step: string,
  work: (tell: (words: string) => void) => Promise<T>,
  note: (result: T) => string,
) => Promise<T>;

export interface DeployOptions {
  readonly cluster: Cluster;
  readonly namespace: string;
  readonly rendered: Rendered;
  /** False: apply, and leave the waiting and the probe out. */
  readonly isWaiting: boolean;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly runStep: RunDeployStep;
}

export interface Deployed {
  readonly applied: readonly Applied[];
  readonly removed: readonly ObjectRef[];
}

/**
 * Brings the cluster to what was rendered, step by step as in `DEPLOY_PLAN`. Doing so again
 * changes nothing. What was there before and is not rendered any more goes.
 *
 * @throws StepFailure with what was seen and what to do; StoppedError when the signal aborts. What
 * was applied until then stays, and the inventory knows it.
 */
export async function deploy(options: DeployOptions): Promise<Deployed> {
  const { cluster, namespace, rendered } = options;
  await checkCapabilities(cluster, rendered.objects);
  const ownsNamespace = await ensureNamespace(cluster, namespace);
  const before = readInventory(await cluster.read(inventoryRef(namespace)));
  const all = rendered.objects.map((object) => marked(object, namespace));
  const objects = await keepSecrets(cluster, all, new Set([REDIS_URL_SECRET]));
  const inventory: Inventory = {
    objects: objects.map(refOf),
    ownsNamespace: before?.ownsNamespace === true || ownsNamespace,
    kafka: kafkaNamesOf(objects),
    isVerified: before?.isVerified ?? false,
  };
  const old = leftOver(before, objects);
  const keep = (next: Inventory): Promise<Change> =>
    cluster.apply(inventoryObject(next, namespace));
  // Before anything is made, so that clean finds all of it however this ends.
  await keep({ ...inventory, objects: [...inventory.objects, ...old] });
  const done = await runSteps(options, objects, old).catch(async (error: unknown) => {
    await keep({ ...inventory, objects: [...inventory.objects, ...old], isVerified: false });
    throw error;
  });
  const removed = [...done.removed, ...(await removeAll(cluster, old))];
  await keep({ ...inventory, isVerified: options.isWaiting });
  return { applied: done.applied, removed };
}

async function checkCapabilities(cluster: Cluster, objects: readonly KubeObject[]): Promise<void> {
  const missing = await missingParts(cluster, objects);
  if (missing.length === 0) return;
  throw new StepFailure('the cluster is not ready for this; nothing was changed', missing, []);
}

/** True when it was made here. */
async function ensureNamespace(cluster: Cluster, name: string): Promise<boolean> {
  const object: KubeObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
  if ((await cluster.read(refOf(object))) !== undefined) return false;
  await applyObjects(cluster, [marked(object, name)]);
  return true;
}

/** As long as a source may take to finish what it has in flight. */
const OLD_SOURCE_MS = 40_000;

/** Of what is not part of a deployment any more: it may still read its topics. */
const isReader = ({ kind }: ObjectRef): boolean => kind === 'KafkaSource' || kind === 'Deployment';

type Objects = Readonly<Record<Placement, readonly KubeObject[]>>;

async function runSteps(
  options: DeployOptions,
  objects: readonly KubeObject[],
  old: readonly ObjectRef[],
): Promise<Deployed> {
  const { cluster, namespace, rendered, isWaiting, runStep } = options;
  const placed = placeObjects(objects);
  const applied: Applied[] = [];
  const removed: ObjectRef[] = [];
  const apply = async (
    name: Placement,
    isWanted: (object: KubeObject) => boolean = () => true,
  ): Promise<void> => {
    if (options.signal.aborted) throw new StoppedError();
    applied.push(...(await applyObjects(cluster, placed[name].filter(isWanted))));
  };
  const limits = {
    deadlineMs: performance.now() + options.timeoutMs,
    signal: options.signal,
  };
  const wait = async (name: StepName, onProgress: (words: string) => void) => {
    if (!isWaiting) return [];
    return waitReady(cluster, placed[name].map(refOf), { ...limits, onProgress });
  };
  const note = (name: StepName) => (): string => stepNote(placed[name], applied);
  const simple = (phase: string, name: StepName): Promise<unknown> =>
    runStep(
      phase,
      name,
      async (tell) => {
        await apply(name);
        return wait(name, tell);
      },
      note(name),
    );

  await runStep(
    'dependencies',
    'topics',
    async (tell) => {
      await apply('first');
      await apply('topics');
      return wait('topics', tell);
    },
    note('topics'),
  );
  await simple('dependencies', 'redis');
  await runStep(
    'functions',
    'score',
    async (tell) => {
      // A revision that starts before its binding is known runs without a sink: the sinks and the
      // binding come first, and are waited for in their own steps.
      await apply('sinks');
      await apply('binding');
      if (isWaiting) await waitForBinding(options, placed, limits.deadlineMs, tell);
      await apply('score');
      return wait('score', tell);
    },
    note('score'),
  );
  for (const name of ['notify', 'generate'] as const) await simple('functions', name);
  for (const name of ['sinks', 'binding'] as const) {
    await runStep('eventing', name, (tell) => wait(name, tell), note(name));
  }
  await runStep(
    'eventing',
    'sources',
    async (tell) => {
      // Who reads a topic keeps a group that the next one may not be able to join beside it.
      removed.push(...(await removeAll(cluster, old.filter(isReader))));
      if (isWaiting && removed.some(({ kind }) => kind === 'Deployment')) {
        await waitForOldSource(options, tell);
      }
      const bindings = placed.sources.filter(({ kind }) => kind === 'SinkBinding');
      applied.push(...(await applyObjects(cluster, bindings)));
      if (isWaiting) await waitForBindings(options, bindings, limits.deadlineMs, tell);
      await apply('sources', ({ kind }) => kind !== 'SinkBinding');
      return wait('sources', tell);
    },
    note('sources'),
  );
  await runStep(
    'verify',
    'probe',
    async (tell) => {
      if (!isWaiting) return 'left out';
      return runProbe(cluster, rendered.probe, { ...limits, namespace, onProgress: tell });
    },
    (words) => words,
  );
  return { applied, removed };
}

/** Removes them; gives those that were there. */
async function removeAll(
  cluster: Cluster,
  refs: readonly ObjectRef[],
): Promise<readonly ObjectRef[]> {
  const removed: ObjectRef[] = [];
  for (const ref of refs) if (await cluster.remove(ref)) removed.push(ref);
  return removed;
}

/** Resolves when no pod of the source of batches is left in the group; after a while anyway. */
async function waitForOldSource(
  { cluster, namespace, signal }: DeployOptions,
  onProgress: (words: string) => void,
): Promise<void> {
  const endMs = performance.now() + OLD_SOURCE_MS;
  onProgress('waiting for the other source to leave its group');
  while (!signal.aborted && performance.now() < endMs) {
    if ((await podsOfSource(cluster, namespace)).length === 0) return;
    await sleep(300);
  }
}

/**
 * Resolves when a function that is made from now on gets its sink: the sinks have their addresses,
 * and the controller has seen the binding, of which it may say that its subject is missing.
 */
async function waitForBinding(
  { cluster, signal }: DeployOptions,
  placed: Objects,
  deadlineMs: number,
  onProgress: (words: string) => void,
): Promise<void> {
  await waitReady(cluster, placed.sinks.map(refOf), { deadlineMs, signal, onProgress });
  await waitForBindings({ cluster, signal }, placed.binding, deadlineMs, onProgress);
}

async function waitForBindings(
  { cluster, signal }: Pick<DeployOptions, 'cluster' | 'signal'>,
  bindings: readonly KubeObject[],
  deadlineMs: number,
  onProgress: (words: string) => void,
): Promise<void> {
  for (const binding of bindings) {
    onProgress('waiting for its binding to be known');
    for (;;) {
      if (signal.aborted) throw new StoppedError();
      const found = await cluster.read(refOf(binding));
      if (found !== undefined && isBindingKnown(found)) break;
      if (performance.now() > deadlineMs) {
        await waitReady(cluster, [refOf(binding)], { deadlineMs, signal });
      }
      await sleep(300);
    }
  }
}

/** What changed in a step, or that there is nothing to do in it. */
export function stepNote(objects: readonly KubeObject[], applied: readonly Applied[]): string {
  if (objects.length === 0) return 'not part of this deployment';
  const names = new Set(objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`));
  const own = applied.filter(({ ref }) => names.has(`${ref.kind}/${ref.name}`));
  const count = (change: Change): number => own.filter((one) => one.change === change).length;
  const words = (['created', 'changed'] as const).flatMap((change) =>
    count(change) === 0 ? [] : `${count(change)} ${change}`,
  );
  return words.length === 0 ? 'unchanged' : words.join(', ');
}
