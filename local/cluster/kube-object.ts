/**
 * A Kubernetes object as it stands in YAML and on the API: nothing is typed beyond what every
 * object has, since most kinds here are other people's.
 */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: KubeMetadata;
  readonly spec?: Record<string, unknown>;
  readonly status?: Record<string, unknown>;
  readonly [field: string]: unknown;
}

export interface KubeMetadata {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly generation?: number;
  readonly resourceVersion?: string;
  readonly uid?: string;
  readonly deletionTimestamp?: string;
  readonly ownerReferences?: readonly unknown[];
  readonly creationTimestamp?: string;
}

/** Which kind, as `kubectl` names it: `apiVersion` and `kind`. */
export type KindRef = Pick<KubeObject, 'apiVersion' | 'kind'>;

/** Which object. */
export interface ObjectRef extends KindRef {
  readonly name: string;
  /** Absent: the kind belongs to no namespace. */
  readonly namespace?: string | undefined;
}

export function refOf(object: KubeObject): ObjectRef {
  const { apiVersion, kind, metadata } = object;
  const { name, namespace } = metadata;
  return { apiVersion, kind, name, ...(namespace !== undefined && { namespace }) };
}

/** The API group of an apiVersion; empty for the core one. */
export function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? (apiVersion.split('/')[0] as string) : '';
}

/** One text for one object, whatever version it was named in. */
export function keyOf({ apiVersion, kind, namespace, name }: ObjectRef): string {
  return [groupOf(apiVersion), kind, namespace ?? '', name].join('/');
}

/** How people read it: `KafkaSink fraud`. */
export function showRef({ kind, name }: Pick<ObjectRef, 'kind' | 'name'>): string {
  return `${kind} ${name}`;
}

/** A field deep inside, where every step on the way is an object. */
export function fieldOf(value: unknown, ...path: readonly string[]): unknown {
  let here: unknown = value;
  for (const name of path) {
    if (here === null || typeof here !== 'object') return undefined;
    here = (here as Record<string, unknown>)[name];
  }
  return here;
}

export function textOf(value: unknown, ...path: readonly string[]): string {
  const found = fieldOf(value, ...path);
  return typeof found === 'string' ? found : '';
}

export function numberOf(value: unknown, ...path: readonly string[]): number {
  const found = fieldOf(value, ...path);
  return typeof found === 'number' ? found : 0;
}

export function listOf(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const found = fieldOf(value, ...path);
  return Array.isArray(found) ? found : [];
}
