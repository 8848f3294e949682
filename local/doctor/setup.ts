import { fieldOf, groupOf, type KubeObject, textOf } from '../cluster/kube-object.ts';
import type { Resource } from './finding.ts';
import type { RedisFacts } from './redis-facts.ts';
import type { TopicFacts } from './topic-facts.ts';

/** An object, and where it was read. */
export interface Placed {
  readonly object: KubeObject;
  /** Absent: it came from a cluster. */
  readonly file?: string;
  readonly document?: number;
}

/** All that the doctor looks at. Nothing that decides asks for more. */
export interface Setup {
  readonly objects: readonly Placed[];
  /** What brokers say of topics; empty where none were asked. */
  readonly topics: readonly TopicFacts[];
  /** What Redis says of itself; empty where none was asked. */
  readonly redis: readonly RedisFacts[];
}

/** A reference as it stands in a manifest, such as `spec.sink.ref`. */
export interface Reference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
}

export function resourceOf({ object, file, document }: Placed): Resource {
  const { kind, metadata } = object;
  const { name, namespace } = metadata;
  return {
    ...{ kind, name },
    ...(namespace !== undefined && { namespace }),
    ...(file !== undefined && { file }),
    ...(document !== undefined && { document }),
  };
}

/** Those of a kind whose API group is, or ends in, what is given; any version. */
export function ofKind(setup: Setup, group: string, kind: string): readonly Placed[] {
  return setup.objects.filter(({ object }) => isOfKind(object, group, kind));
}

function isOfKind(object: KubeObject, group: string, kind: string): boolean {
  return object.kind === kind && groupOf(object.apiVersion).endsWith(group);
}

export const kafkaSources = (setup: Setup): readonly Placed[] =>
  ofKind(setup, 'knative.dev', 'KafkaSource');
export const kafkaSinks = (setup: Setup): readonly Placed[] =>
  ofKind(setup, 'knative.dev', 'KafkaSink');
export const services = (setup: Setup): readonly Placed[] =>
  ofKind(setup, 'serving.knative.dev', 'Service');

/** The object that `path` of the other names; its namespace is the other's unless it says so. */
export function referenceAt({ object }: Placed, ...path: readonly string[]): Reference | undefined {
  const name = textOf(object, ...path, 'name');
  if (name === '') return undefined;
  return {
    apiVersion: textOf(object, ...path, 'apiVersion'),
    kind: textOf(object, ...path, 'kind'),
    name,
    namespace: textOf(object, ...path, 'namespace') || (object.metadata.namespace ?? ''),
  };
}

/** What a reference leads to, if it was read. Without a namespace an object fits any. */
export function resolve(setup: Setup, reference: Reference): Placed | undefined {
  const { apiVersion, kind, name, namespace } = reference;
  return setup.objects.find(({ object }) => {
    if (object.metadata.name !== name || !isOfKind(object, groupOf(apiVersion), kind)) return false;
    return isSameNamespace(object.metadata.namespace, namespace);
  });
}

export function isSameNamespace(one: string | undefined, other: string | undefined): boolean {
  return !one || !other || one === other;
}

/** A number as manifests and annotations have it: 60, "60"; undefined for anything else. */
export function numberAt(value: unknown, ...path: readonly string[]): number | undefined {
  const found = fieldOf(value, ...path);
  if (typeof found === 'number') return found;
  return typeof found === 'string' && /^-?\d+(?:\.\d+)?$/.test(found) ? Number(found) : undefined;
}
