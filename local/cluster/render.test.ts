import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CHART_FOLDER } from '../../knative/plain-yaml.ts';
import { errandPod } from './errand.ts';
import { listOf, textOf } from './kube-object.ts';
import { type DeploySettings, helmFlags, readYaml, sorted } from './render-chart.ts';
import { plainDeployment, renderPlain } from './render-plain.ts';

const SETTINGS: DeploySettings = { namespace: 'n', valuesFiles: [], values: [] };
const folder = dirname(CHART_FOLDER);
const PLAIN = globSync('[0-9][0-9]-*.yaml', { cwd: folder })
  .sort()
  .flatMap((path) => readYaml(readFileSync(join(folder, path), 'utf8')));

describe('the flags of helm', () => {
  it('say what the settings say', () => {
    const settings = {
      ...{ ...SETTINGS, kafkaBrokers: ['a:1', 'b:2'], redisUrl: 'redis://r:6379' },
      ...{ imageTag: '2', valuesFiles: ['v.yaml'], values: ['a=b'] },
    };
    expect(helmFlags(settings)).toEqual([
      ...['--values', 'v.yaml'],
      ...['--set-json', 'kafka.bootstrapServers=["a:1","b:2"]'],
      ...['--set-json', 'redis.deploy=false'],
      ...['--set-json', 'redis.external.url="redis://r:6379"'],
      ...['--set-json', 'image.tag="2"'],
      ...['--set', 'a=b'],
    ]);
  });

  it('put a password of Redis into a Secret', () => {
    const settings = { ...SETTINGS, redisUrl: 'redis://:secret@r:6379' };
    expect(helmFlags(settings).join(' ')).not.toContain('secret@');
    const [secret] = sorted([], settings).objects;
    expect(secret?.kind).toBe('Secret');
    expect(Buffer.from(textOf(secret, 'data', 'url'), 'base64').toString()).toContain(':secret@');
  });

  it('name a Redis Cluster by several of its nodes, and hide its password', () => {
    const open = { ...SETTINGS, redisUrl: 'redis+cluster://a:1,b:2' };
    expect(helmFlags(open)).toContain('redis.external.url="redis+cluster://a:1,b:2"');
    const closed = { ...SETTINGS, redisUrl: 'rediss+cluster://me:secret@a:1,b:2' };
    expect(helmFlags(closed).join(' ')).not.toContain('secret@');
    expect(sorted([], closed).objects[0]?.kind).toBe('Secret');
  });
});

it('a rendered chart is parted into what stands and the probe, without notes of helm', () => {
  const object = (annotations: Record<string, string>) => ({
    ...{ apiVersion: 'batch/v1', kind: 'Job', spec: { ttlSecondsAfterFinished: 1, a: 1 } },
    metadata: { name: 'j', annotations },
  });
  const { objects, probe } = sorted(
    [object({ 'helm.sh/hook': 'pre-install', own: 'x' }), object({ 'helm.sh/hook': 'test' })],
    SETTINGS,
  );
  expect(objects).toEqual([
    {
      ...{ apiVersion: 'batch/v1', kind: 'Job', spec: { a: 1 } },
      metadata: { name: 'j', annotations: { own: 'x' } },
    },
  ]);
  expect(probe).toHaveLength(1);
});

describe('the plain YAML', () => {
  it('takes brokers, images and a Redis of one’s own', () => {
    const settings = {
      ...{ ...SETTINGS, kafkaBrokers: ['k:1'], redisUrl: 'redis://:pw@r:6379' },
      ...{ imagePrefix: 'reg.example/sw-', imageTag: '9' },
    };
    const text = JSON.stringify(plainDeployment(PLAIN, settings, '').objects);
    expect(text).not.toContain('my-cluster');
    expect(text).not.toContain('splitwatch-redis"');
    expect(text).not.toContain('dev.local');
    expect(text).toContain('reg.example/sw-score:9');
    expect(text).toContain('{"name":"KAFKA_BROKERS","value":"k:1"}');
    expect(text).toContain('{"name":"REDIS_URL","valueFrom":');
  });

  it('brings the Secrets that it names, and the probe', () => {
    const { objects, probe } = plainDeployment(PLAIN, SETTINGS, 'the text');
    const secrets = objects.filter(({ kind }) => kind === 'Secret');
    expect(secrets.map(({ metadata }) => metadata.name)).toEqual([
      ...['splitwatch-redis', 'splitwatch-page'],
    ]);
    expect(probe.map(({ kind }) => kind)).toEqual(['ConfigMap', 'Pod']);
    expect(JSON.stringify(probe)).toContain('http://notify.n.svc');
  });

  it('refuses what only the chart can take', async () => {
    const settings = { ...SETTINGS, values: ['a=b'] };
    await expect(renderPlain(settings)).rejects.toThrow(/--values and --set need helm/);
  });
});

describe('an errand in the cluster', () => {
  it('reaches Kafka as generate does, and is told nothing else to do', () => {
    const pod = errandPod(PLAIN, { DROP_GROUPS: 'a,b' });
    const [container] = listOf(pod, 'spec', 'containers');
    const env = listOf(container, 'env').map((one) => textOf(one, 'name'));
    expect(env).toContain('KAFKA_BROKERS');
    expect(env).toContain('DROP_GROUPS');
    expect(env).not.toContain('MAKE_TOPICS');
    expect(textOf(container, 'image')).toContain('splitwatch-generate');
  });

  it('is run by the Job of topics where there is no generate', () => {
    const without = PLAIN.filter(({ metadata }) => metadata.name !== 'generate');
    const [container] = listOf(errandPod(without, {}), 'spec', 'containers');
    expect(textOf(container, 'image')).toContain('splitwatch-generate');
    expect(errandPod([], {})).toBeUndefined();
  });
});
