import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from './cluster.ts';
import { explain } from './explain.ts';
import { type KubeObject, type ObjectRef, showRef } from './kube-object.ts';
import { podTrouble } from './pod-trouble.ts';
import { podsOf } from './pods-of.ts';
import { type Readiness, readinessOf } from './readiness.ts';
import { StepFailure, StoppedError } from './step-failure.ts';

export interface WaitOptions {
  /** On the clock of `performance.now()`. */
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
  /** Takes what is being waited for, when it changes. */
  readonly onProgress?: (words: string) => void;
}

const POLL_MS = 1000;
/** A trouble that does not go away must be seen so often in a row: a node may just be slow. */
const HOPELESS_POLLS = 5;

/**
 * Resolves with the objects when all of them are ready.
 * @throws StepFailure at the deadline, or as soon as waiting is of no use; StoppedError.
 */
export async function waitReady(
  cluster: Cluster,
  refs: readonly ObjectRef[],
  options: WaitOptions,
): Promise<readonly KubeObject[]> {
  const { deadlineMs, signal, onProgress } = options;
  let hopeless = 0;
  for (let said = ''; ; ) {
    if (signal.aborted) throw new StoppedError();
    const found = await Promise.all(refs.map((ref) => cluster.read(ref)));
    const states = refs.map((ref, i) => stateOf(ref, found[i]));
    const open = states.filter(({ readiness }) => readiness.kind !== 'ready');
    if (open.length === 0) return found.filter((one): one is KubeObject => one !== undefined);
    const objects = open.flatMap(({ object }) => object ?? []);
    const words = open.map(stateWords).join('; ');
    const isFailed = open.some(({ readiness }) => readiness.kind === 'failed');
    hopeless = (await isHopeless(cluster, objects)) ? hopeless + 1 : 0;
    if (isFailed || hopeless >= HOPELESS_POLLS) throw await failure(cluster, words, objects);
    if (performance.now() > deadlineMs) {
      throw await failure(cluster, `not ready in time: ${words}`, objects);
    }
    if (words !== said) onProgress?.(words);
    said = words;
    await sleep(POLL_MS, undefined, { signal }).catch(() => {});
  }
}

interface State {
  readonly ref: ObjectRef;
  readonly object: KubeObject | undefined;
  readonly readiness: Readiness;
}

function stateOf(ref: ObjectRef, object: KubeObject | undefined): State {
  const gone: Readiness = { kind: 'waiting', words: 'it is not there' };
  return { ref, object, readiness: object === undefined ? gone : readinessOf(object) };
}

function stateWords({ ref, readiness }: State): string {
  return readiness.kind === 'ready' ? '' : `${showRef(ref)}: ${readiness.words}`;
}

async function isHopeless(cluster: Cluster, objects: readonly KubeObject[]): Promise<boolean> {
  for (const object of objects) {
    const pods = await podsOf(cluster, object);
    if (pods.some((pod) => podTrouble(pod)?.isHopeless)) return true;
  }
  return false;
}

async function failure(
  cluster: Cluster,
  words: string,
  objects: readonly KubeObject[],
): Promise<StepFailure> {
  const { why, cures } = await explain(cluster, objects);
  return new StepFailure(words, why, cures);
}
