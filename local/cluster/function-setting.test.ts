import { expect, it } from 'vitest';
import type { Cluster } from './cluster.ts';
import { functionSetting } from './function-setting.ts';
import type { KubeObject, ObjectRef } from './kube-object.ts';

const where = { namespace: 'bank', name: 'score' };
const env = [
  { name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'redis', key: 'password' } } },
  { name: 'REDIS_URL', value: 'redis://:$(PASSWORD)@redis:6379/$(NOBODY)' },
  { name: 'PLAIN', value: 'as it is' },
];
const objects: readonly KubeObject[] = [
  {
    ...{ apiVersion: 'serving.knative.dev/v1', kind: 'Service', metadata: where },
    spec: { template: { spec: { containers: [{ env }] } } },
  },
  {
    ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'redis', namespace: 'bank' } },
    data: { password: Buffer.from('s3cret').toString('base64') },
  },
];
const cluster: Pick<Cluster, 'read'> = {
  read: async ({ kind, name }: ObjectRef) =>
    objects.find((one) => one.kind === kind && one.metadata.name === name),
};

it.each([
  ['REDIS_URL', 'redis://:s3cret@redis:6379/$(NOBODY)'],
  ['PASSWORD', 's3cret'],
  ['PLAIN', 'as it is'],
  ['NOT_SET', undefined],
])('tells %s as the pods see it', async (setting, expected) => {
  expect(await functionSetting(cluster, where, setting)).toBe(expected);
});

it('tells nothing of a function that is not there', async () => {
  expect(await functionSetting(cluster, { ...where, name: 'notify' }, 'PLAIN')).toBeUndefined();
});
