import type { Cluster } from './cluster.ts';
import { type KubeObject, textOf } from './kube-object.ts';
import { podTrouble } from './pod-trouble.ts';
import { podsOf } from './pods-of.ts';

export interface Explanation {
  readonly why: readonly string[];
  readonly cures: readonly string[];
}

const EVENT = { apiVersion: 'v1', kind: 'Event' } as const;
const EVENTS_MAX = 5;

/**
 * Why objects are not ready, in words: what keeps their pods from working, the last line of a log
 * that says more, and the warnings that the cluster wrote down about them.
 */
export async function explain(
  cluster: Cluster,
  objects: readonly KubeObject[],
): Promise<Explanation> {
  const why: string[] = [];
  const cures = new Set<string>();
  const names = new Set(objects.map(({ metadata }) => metadata.name));
  for (const object of objects) {
    for (const pod of await podsOf(cluster, object)) {
      names.add(pod.metadata.name);
      const trouble = podTrouble(pod);
      if (trouble === undefined) continue;
      const line = trouble.isInLog ? await lastLogLine(cluster, pod) : '';
      why.push(`pod ${trouble.pod}: ${trouble.words}${line === '' ? '' : `; it said: ${line}`}`);
      cures.add(trouble.cure);
    }
  }
  const namespace = objects[0]?.metadata.namespace;
  const events = namespace === undefined ? [] : await warnings(cluster, namespace, names);
  // An event that repeats what a pod's own state says is no news.
  why.push(
    ...events.filter((event) => !why.some((line) => line.includes(event.message))).map(show),
  );
  if (cures.size === 0) cures.add('look closer: kubectl describe, or ./splitwatch status');
  return { why: [...new Set(why)], cures: [...cures] };
}

interface Warning {
  readonly about: string;
  readonly reason: string;
  readonly message: string;
}

function show({ about, reason, message }: Warning): string {
  return `the cluster says of ${about}: ${message || reason}`;
}

async function warnings(
  cluster: Cluster,
  namespace: string,
  names: ReadonlySet<string>,
): Promise<Warning[]> {
  const events = await cluster.list(EVENT, { namespace });
  return events
    .filter((event) => textOf(event, 'type') === 'Warning')
    .filter((event) => isAbout(textOf(event, 'involvedObject', 'name'), names))
    .sort((a, b) => (timeOf(a) < timeOf(b) ? 1 : -1))
    .slice(0, EVENTS_MAX)
    .map((event) => ({
      about: `${textOf(event, 'involvedObject', 'kind')} ${textOf(event, 'involvedObject', 'name')}`,
      reason: textOf(event, 'reason'),
      message: textOf(event, 'message')
        .trim()
        .replace(/\s*\n\s*/g, ' '),
    }));
}

/** The object itself, or one that was made for it, which is named after it. */
function isAbout(name: string, names: ReadonlySet<string>): boolean {
  for (const known of names) if (name === known || name.startsWith(`${known}-`)) return true;
  return false;
}

function timeOf(event: KubeObject): string {
  return textOf(event, 'lastTimestamp') || textOf(event, 'eventTime');
}

/** Of the run before, when this one has said nothing yet. */
async function lastLogLine(cluster: Cluster, pod: KubeObject): Promise<string> {
  const ref = { namespace: pod.metadata.namespace ?? '', name: pod.metadata.name };
  for (const isPrevious of [false, true]) {
    const log = await cluster.readLog(ref, { tailLines: 5, isPrevious });
    const line = log.trim().split('\n').at(-1) ?? '';
    if (line !== '') return line.slice(0, 500);
  }
  return '';
}
