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
  const known = new Map(objects.map(({ kind, metadata }) => [metadata.name, kind]));
  const explained = new Set<string>();
  for (const object of objects) {
    for (const pod of await podsOf(cluster, object)) {
      const trouble = podTrouble(pod);
      if (trouble === undefined) continue;
      explained.add(pod.metadata.name);
      const line = trouble.isInLog ? await lastLogLine(cluster, pod) : '';
      why.push(`pod ${trouble.pod}: ${trouble.words}${line === '' ? '' : `; it said: ${line}`}`);
      cures.add(cureFor(line) ?? trouble.cure);
    }
  }
  const namespace = objects[0]?.metadata.namespace;
  const isNews = (event: KubeObject): boolean => {
    const name = textOf(event, 'involvedObject', 'name');
    // What a pod's own state says already is no news.
    return !explained.has(name) && isAbout(name, textOf(event, 'involvedObject', 'kind'), known);
  };
  const events = namespace === undefined ? [] : await warnings(cluster, namespace, isNews);
  why.push(...events.map(show));
  if (cures.size === 0) cures.add('look closer: kubectl describe, or ./splitwatch status');
  return { why: [...new Set(why)], cures: [...cures] };
}

/** Where the log says itself what is wrong. */
function cureFor(line: string): string | undefined {
  if (/^Kafka at /.test(line)) return 'name brokers that pods reach by --kafka, and how to log in';
  if (/Redis at rediss?/.test(line)) return 'name a Redis that pods reach by --redis';
  return undefined;
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
  isNews: (event: KubeObject) => boolean,
): Promise<Warning[]> {
  const events = await cluster.list(EVENT, { namespace });
  return events
    .filter((event) => textOf(event, 'type') === 'Warning' && isNews(event))
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
function isAbout(name: string, kind: string, known: ReadonlyMap<string, string>): boolean {
  for (const [ours, ourKind] of known) {
    if ((name === ours && kind === ourKind) || name.startsWith(`${ours}-`)) return true;
  }
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
