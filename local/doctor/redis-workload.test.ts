import { expect, it } from 'vitest';
import { diagnose } from './diagnose.ts';
import { redisWorkloads } from './redis-workload.ts';
import { manifests, setupOf } from './setup-fixtures.ts';

const deployment = (container: string, rest = ''): string => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: store}
spec:
  template:
    spec:
      ${rest}
      containers:
        - ${container}`;
const configMap = `
---
apiVersion: v1
kind: ConfigMap
metadata: {name: store}
data:
  redis.conf: |
    # appendonly yes
    save 900 1
    save 300 10
    MAXMEMORY-POLICY "allkeys-lfu"
`;

it('reads a configuration that a ConfigMap holds', () => {
  const yaml = deployment('{image: redis:7.4, args: [/etc/redis.conf]}') + configMap;
  expect(redisWorkloads(setupOf(manifests(yaml)))).toMatchObject([
    { version: '7.4', policy: 'allkeys-lfu', isAppendOnly: false, save: '900 1 300 10' },
  ]);
});

it('lets an argument win over the file, as Redis does', () => {
  const args = '[/etc/redis.conf, --maxmemory-policy, noeviction, --appendonly, "yes"]';
  const yaml = deployment(`{image: redis:7.4, args: ${args}}`) + configMap;
  expect(redisWorkloads(setupOf(manifests(yaml)))).toMatchObject([
    { policy: 'noeviction', isAppendOnly: true },
  ]);
});

it('guesses nothing where the file was not read, and says so', () => {
  const setup = setupOf(manifests(deployment('{image: redis:7.4, args: [/etc/redis.conf]}')));
  const { findings, unchecked } = diagnose(setup);
  expect(findings).toEqual([]);
  expect(unchecked).toContain(
    'Deployment store: its settings stand in a file that was not read; --redis asks it',
  );
});

it.each([
  'docker.io/oliver006/redis_exporter:v1.62',
  'redis-exporter:1',
  'quay.io/example/redis-operator:2',
  'redis/redisinsight:2.6',
  'dev.local/splitwatch-score:1',
])('takes %s for no Redis', (image) => {
  expect(redisWorkloads(setupOf(manifests(deployment(`{image: "${image}"}`))))).toEqual([]);
});

it.each([
  ['redis', undefined],
  ['dev.local/redis:7', '7'],
  ['docker.io/library/redis:6.2.14-alpine@sha256:abc', '6.2.14'],
  ['valkey/valkey:8.0', '8.0'],
  ['redis:latest', undefined],
])('takes %s for a Redis of version %s', (image, version) => {
  const [facts] = redisWorkloads(setupOf(manifests(deployment(`{image: "${image}"}`))));
  expect(facts?.version).toBe(version);
});

it('sees a claimed volume, and none in an emptyDir', () => {
  const isOnEmptyDir = (volumes: string) =>
    redisWorkloads(setupOf(manifests(deployment('{image: redis:7.4}', `volumes: ${volumes}`))))[0]
      ?.isOnEmptyDir;
  expect(isOnEmptyDir('[{name: data, emptyDir: {}}]')).toBe(true);
  expect(isOnEmptyDir('[{name: data, persistentVolumeClaim: {claimName: data}}]')).toBe(false);
});
