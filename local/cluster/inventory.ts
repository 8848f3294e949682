import { FIELD_MANAGER } from './cluster.ts';
import type { KafkaNames } from './deploy-steps.ts';
import { type KubeObject, keyOf, type ObjectRef, refOf } from './kube-object.ts';

/** Says of an object that deploy made it; clean removes nothing without it. */
export const MANAGED_BY = { 'app.kubernetes.io/managed-by': FIELD_MANAGER } as const;
export const INVENTORY_NAME = 'splitwatch-inventory';

/**
 * What a deployment is made of, kept in the cluster beside it: status and clean go by this, not by
 * what a chart would render today.
 */
export interface Inventory {
  readonly objects: readonly ObjectRef[];
  /** True when deploy made the namespace; clean then removes it. */
  readonly ownsNamespace: boolean;
  readonly kafka: KafkaNames;
  /** True when the probe came through after the last change. */
  readonly isVerified: boolean;
}

/** The object with the label that says who made it, in its namespace where it names none. */
export function marked(object: KubeObject, namespace: string): KubeObject {
  const isNamespaced = !CLUSTER_KINDS.has(object.kind);
  return {
    ...object,
    metadata: {
      ...object.metadata,
      ...(isNamespaced && { namespace: object.metadata.namespace ?? namespace }),
      labels: { ...object.metadata.labels, ...MANAGED_BY },
    },
  };
}

const CLUSTER_KINDS = new Set(['Namespace', 'ClusterRole', 'ClusterRoleBinding']);

/** The ConfigMap that keeps an inventory. The same inventory is the same object. */
export function inventoryObject(inventory: Inventory, namespace: string): KubeObject {
  return marked(
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: INVENTORY_NAME, labels: { 'app.kubernetes.io/part-of': 'splitwatch' } },
      data: { inventory: JSON.stringify(inventory) },
    },
    namespace,
  );
}

export function inventoryRef(namespace: string): ObjectRef {
  return { apiVersion: 'v1', kind: 'ConfigMap', name: INVENTORY_NAME, namespace };
}

/** Undefined for an object that holds none, or one of another making. */
export function readInventory(object: KubeObject | undefined): Inventory | undefined {
  const text = (object?.data as Record<string, string> | undefined)?.inventory;
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as Inventory;
  } catch {
    return undefined;
  }
}

/** Objects that an earlier deployment made and this one does not have: to be removed. */
export function leftOver(
  before: Inventory | undefined,
  now: readonly KubeObject[],
): readonly ObjectRef[] {
  const keys = new Set(now.map((object) => keyOf(refOf(object))));
  return (before?.objects ?? []).filter((ref) => !keys.has(keyOf(ref)));
}
