import { type KubeObject, listOf, numberOf, textOf } from './kube-object.ts';

/** How far an object has come; `words` say what it waits for, or why it failed. */
export type Readiness =
  | { readonly kind: 'ready' }
  | { readonly kind: 'waiting' | 'failed'; readonly words: string };

const READY: Readiness = { kind: 'ready' };

/**
 * Reads an object's own status. Knative's kinds and Strimzi's say `Ready`, with the generation that
 * they speak of; what Kubernetes runs counts its pods; all else is ready by being there.
 */
export function readinessOf(object: KubeObject): Readiness {
  switch (object.kind) {
    case 'Job':
      return jobReadiness(object);
    case 'StatefulSet':
    case 'Deployment':
      return replicaReadiness(object);
    default:
      return isConditioned(object) ? conditionReadiness(object) : READY;
  }
}

const CONDITIONED = /(?:^|\.)(?:knative\.dev|strimzi\.io)$/;

function isConditioned({ apiVersion }: KubeObject): boolean {
  return CONDITIONED.test(apiVersion.split('/')[0] ?? '');
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

function conditionReadiness(object: KubeObject): Readiness {
  const { generation = 0 } = object.metadata;
  if (numberOf(object, 'status', 'observedGeneration') < generation) {
    return { kind: 'waiting', words: 'its controller has not looked at it yet' };
  }
  const conditions = conditionsOf(object);
  const ready = conditions.find(({ type }) => type === 'Ready');
  if (ready?.status === 'True') return READY;
  // Ready repeats what another condition says; that one names the part that is not.
  const cause = conditions.find(({ type, status }) => type !== 'Ready' && status === 'False');
  return { kind: 'waiting', words: conditionWords(cause ?? ready) };
}

export function conditionsOf(object: KubeObject): readonly Condition[] {
  return listOf(object, 'status', 'conditions') as readonly Condition[];
}

/** A condition that is not True as a sentence: its message, else its reason, else its name. */
export function conditionWords(condition: Condition | undefined): string {
  if (condition === undefined) return 'its status says nothing yet';
  const { type, reason, message } = condition;
  const name = type === 'Ready' ? 'not ready' : `${wordsOf(type)} is not done`;
  const why = message?.trim() || (reason ? wordsOf(reason) : '');
  return why === '' ? name : `${name}: ${why.replace(/\s*\n\s*/g, ' ')}`;
}

/** `ConfigurationsReady` → `configurations ready`. */
function wordsOf(name: string): string {
  return name.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();
}

function jobReadiness(job: KubeObject): Readiness {
  if (numberOf(job, 'status', 'succeeded') > 0) return READY;
  const failed = conditionsOf(job).find(
    ({ type, status }) => type === 'Failed' && status === 'True',
  );
  if (failed !== undefined) {
    return { kind: 'failed', words: failed.message ?? failed.reason ?? 'it failed' };
  }
  const tries = numberOf(job, 'status', 'failed');
  return { kind: 'waiting', words: tries === 0 ? 'it has not ended' : `it failed ${tries} times` };
}

function replicaReadiness(object: KubeObject): Readiness {
  const { generation = 0 } = object.metadata;
  const wanted = replicasOf(object);
  const ready = numberOf(object, 'status', 'readyReplicas');
  const updated = numberOf(object, 'status', 'updatedReplicas');
  const isSeen = numberOf(object, 'status', 'observedGeneration') >= generation;
  if (isSeen && ready >= wanted && updated >= wanted) return READY;
  return { kind: 'waiting', words: `${ready} of ${wanted} pods are ready` };
}

function replicasOf(object: KubeObject): number {
  const spec = object.spec?.replicas;
  return typeof spec === 'number' ? spec : 1;
}

/**
 * True when Knative gives the sink of this binding to a subject that is made now: it has an address
 * for it, or looked for the subject and did not find it.
 */
export function isBindingKnown(binding: KubeObject): boolean {
  if (textOf(binding, 'status', 'sinkUri') !== '') return true;
  return conditionsOf(binding).some(({ reason }) => reason === 'SubjectMissing');
}
