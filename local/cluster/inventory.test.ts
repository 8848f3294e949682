import { expect, it } from 'vitest';
import { type Inventory, inventoryObject, leftOver, marked, readInventory } from './inventory.ts';
import { withKnownData } from './kept-secrets.ts';
import type { KubeObject } from './kube-object.ts';

const secret: KubeObject = {
  ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, data: { token: 'bmV3' } },
};
const inventory: Inventory = {
  objects: [
    { apiVersion: 'v1', kind: 'Secret', name: 's', namespace: 'n' },
    { apiVersion: 'sources.knative.dev/v1beta1', kind: 'PingSource', name: 'p', namespace: 'n' },
  ],
  ownsNamespace: true,
  kafka: { brokers: ['k:9092'], topics: ['t'], groups: [{ group: 'g', topic: 't' }] },
  isVerified: true,
};

it('an inventory comes back from the cluster as it was', () => {
  expect(readInventory(inventoryObject(inventory, 'n'))).toEqual(inventory);
});

it('an object that holds no inventory is none', () => {
  expect(readInventory(undefined)).toBeUndefined();
  expect(readInventory({ ...secret, data: { inventory: '{' } })).toBeUndefined();
});

it('what is rendered no more is left over, in whatever version it was made', () => {
  const ping = (apiVersion: string): KubeObject =>
    marked({ apiVersion, kind: 'PingSource', metadata: { name: 'p' } }, 'n');
  expect(leftOver(inventory, [marked(secret, 'n')])).toEqual([inventory.objects[1]]);
  const all = [marked(secret, 'n'), ping('sources.knative.dev/v1')];
  expect(leftOver(inventory, all)).toEqual([]);
  expect(leftOver(undefined, all)).toEqual([]);
});

it('every object says who made it, and those of a namespace where', () => {
  const { metadata } = marked(secret, 'n');
  expect(metadata.namespace).toBe('n');
  expect(metadata.labels).toEqual({ 'app.kubernetes.io/managed-by': 'splitwatch' });
  const space = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'n' } };
  expect(marked(space, 'n').metadata.namespace).toBeUndefined();
});

it('a password that was made up stays what it was when it is rendered again', () => {
  const known = { ...marked(secret, 'n'), data: { token: 'b2xk' } };
  expect(withKnownData(secret, known).data).toEqual({ token: 'b2xk' });
});

it('a Secret of somebody else gives us no value', () => {
  expect(withKnownData(secret, { ...secret, data: { token: 'b2xk' } }).data).toEqual({
    token: 'bmV3',
  });
});
