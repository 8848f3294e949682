import type { Writable } from 'node:stream';
import type { KindRef, KubeObject, ObjectRef } from './kube-object.ts';

/** Who owns the fields that deploy sets, and the value of `app.kubernetes.io/managed-by`. */
export const FIELD_MANAGER = 'splitwatch';

/** What applying an object did. */
export type Change = 'created' | 'changed' | 'unchanged';

/** The port to one cluster; `kube-cluster.ts` implements it with the official client. */
export interface Cluster {
  /** The context's name and the server's address, for people. */
  readonly about: string;
  /** True when the API serves that kind. */
  serves(kind: KindRef): Promise<boolean>;
  /**
   * Server-side apply with us as the field manager: creates or changes, takes over fields that
   * others set, says whether anything changed. Repeating it is safe.
   * @throws ClusterError
   */
  apply(object: KubeObject, options?: { isDryRun?: boolean }): Promise<Change>;
  /** Undefined when there is no such object or no such kind. */
  read(ref: ObjectRef): Promise<KubeObject | undefined>;
  /** Empty also when the cluster does not know the kind. */
  list(kind: KindRef, query?: ListQuery): Promise<readonly KubeObject[]>;
  create(object: KubeObject): Promise<KubeObject>;
  /**
   * Changes the fields that are given, null takes one away (RFC 7396); nobody comes to own others.
   * @throws ClusterError, also when there is no such object.
   */
  change(ref: ObjectRef, fields: Readonly<Record<string, unknown>>): Promise<void>;
  /** False when it was not there. What it owns goes in the background. */
  remove(ref: ObjectRef): Promise<boolean>;
  /** Every kind with a namespace that can be listed and deleted: what a sweep by label looks at. */
  listableKinds(): Promise<readonly KindRef[]>;
  /** A container's log, oldest line first; empty when there is none yet. */
  readLog(pod: PodRef, options?: { tailLines?: number; isPrevious?: boolean }): Promise<string>;
  /** Writes the log as it grows until the signal aborts or the container ends. */
  followLog(pod: PodRef, output: Writable, signal: AbortSignal): Promise<void>;
  /** A port of 127.0.0.1 that leads to a port of the pod. */
  forward(pod: PodRef, podPort: number, localPort?: number): Promise<Forward>;
}

export interface ListQuery {
  /** Absent: all namespaces. */
  readonly namespace?: string | undefined;
  /** Labels that must be there, each with this value; undefined: with any. */
  readonly labels?: Readonly<Record<string, string | undefined>>;
}

export interface PodRef {
  readonly namespace: string;
  readonly name: string;
  readonly container?: string;
}

export interface Forward {
  readonly port: number;
  close(): Promise<void>;
}

/** The API's refusal, in its own words. */
export class ClusterError extends Error {
  override readonly name = 'ClusterError';
  readonly status: number;

  constructor(status: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}
