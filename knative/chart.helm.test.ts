import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readConfig } from '#shared/config.ts';
import { sourceSettings } from '../local/source-process/config.ts';
import { envOf, findManifest, kindAndName, type Manifest, readManifests } from './manifest.ts';
import {
  CHART_FOLDER,
  chartDigest,
  PLAIN_ARGUMENTS,
  splitBySource,
  withHeader,
} from './plain-yaml.ts';
import { runHelm } from './run-helm.ts';

const CI = join(CHART_FOLDER, 'ci');
const VALUES_FILES = globSync('*.yaml', { cwd: CI }).sort();
const SET = (...values: string[]): string[] => values.flatMap((value) => ['--set', value]);

async function render(...args: string[]): Promise<Manifest[]> {
  return readManifests(await runHelm(['template', 'splitwatch', CHART_FOLDER, ...args]));
}

const namesOf = (manifests: readonly Manifest[]): string[] => manifests.map(kindAndName);
const environmentOf = (manifest: Manifest): Record<string, unknown> =>
  Object.fromEntries(
    envOf(manifest).map(({ name, value, valueFrom }) => [name, value ?? valueFrom?.secretKeyRef]),
  );

it('renders to the plain YAML files, byte by byte', async () => {
  const rendered = splitBySource(await runHelm(PLAIN_ARGUMENTS));
  const folder = import.meta.dirname;
  const names = globSync('[0-9][0-9]-*.yaml', { cwd: folder }).sort();
  expect([...rendered.keys()].sort()).toEqual(names);
  for (const [name, text] of rendered) {
    expect(readFileSync(join(folder, name), 'utf8')).toBe(withHeader(text, chartDigest()));
  }
});

describe.each(VALUES_FILES)('with the values of %s', (name) => {
  it('is without fault for helm lint', async () => {
    await runHelm(['lint', '--strict', CHART_FOLDER, '--values', join(CI, name)]);
  });

  it('gives every resource another name or kind', async () => {
    const names = namesOf(await render('--values', join(CI, name)));
    expect(names.length).toBeGreaterThan(10);
    expect(new Set(names).size).toBe(names.length);
  });
});

it('makes its own passwords, and another one each time that nothing is there to keep', async () => {
  const [first, second] = [await render(), await render()];
  for (const name of ['splitwatch-redis', 'splitwatch-page']) {
    const [one, other] = [first, second].map((all) => findManifest(all, `Secret ${name}`).data);
    expect(Object.keys(one ?? {})).toHaveLength(1);
    expect(one).not.toEqual(other);
  }
});

describe('topics', () => {
  it('are made by a Job where there is no Strimzi', async () => {
    expect(namesOf(await render())).toContain('Job splitwatch-topics');
  });

  it.each(['v1', 'v1beta2'])('are KafkaTopics where Strimzi %s is', async (version) => {
    const manifests = await render('--api-versions', `kafka.strimzi.io/${version}/KafkaTopic`);
    const topics = manifests.filter(({ kind }) => kind === 'KafkaTopic');
    expect(topics.map(({ metadata }) => metadata.name)).toEqual([
      ...['transactions', 'fraud', 'transactions-dlq', 'fraud-dlq'],
    ]);
    expect(topics[0]).toMatchObject({
      apiVersion: `kafka.strimzi.io/${version}`,
      metadata: { namespace: 'kafka', labels: { 'strimzi.io/cluster': 'my-cluster' } },
    });
    expect(namesOf(manifests)).not.toContain('Job splitwatch-topics');
  });

  it('are left alone where they are said to be there', async () => {
    const kinds = namesOf(await render(...SET('topics.create=none')));
    expect(kinds.filter((kind) => /Job|KafkaTopic/.test(kind))).toEqual([]);
  });
});

it('is watched where the Prometheus operator is, past the proxy', async () => {
  const monitoring = 'monitoring.coreos.com/v1/ServiceMonitor';
  const manifests = await render('--api-versions', monitoring);
  const monitor = findManifest(manifests, 'ServiceMonitor splitwatch');
  expect(monitor.spec.endpoints).toEqual([{ targetPort: 8080, path: '/metrics', interval: '30s' }]);
  expect(namesOf(await render())).not.toContain('ServiceMonitor splitwatch');
});

describe('with a login to Kafka over TLS', () => {
  const values = ['--values', join(CI, 'sasl-tls.yaml')];
  const key = (name: string) => ({ secretKeyRef: { name: 'my-kafka', key: name } });

  it('hands the Secret to every source and sink', async () => {
    const manifests = await render(...values);
    const sources = manifests.filter(({ kind }) => kind === 'KafkaSource');
    const sinks = manifests.filter(({ kind }) => kind === 'KafkaSink');
    expect([sources.length, sinks.length]).toEqual([2, 3]);
    for (const { spec } of sources) {
      expect(spec.net).toEqual({
        sasl: {
          ...{ enable: true, type: key('sasl.mechanism') },
          ...{ user: key('user'), password: key('password') },
        },
        tls: { enable: true, caCert: key('ca.crt') },
      });
    }
    for (const { spec } of sinks)
      expect(spec.auth).toEqual({ secret: { ref: { name: 'my-kafka' } } });
  });

  it.each(['ksvc generate', 'Job splitwatch-topics'])(
    'gives %s login and authority',
    async (it) => {
      const manifest = findManifest(await render(...values), it);
      expect(environmentOf(manifest)).toMatchObject({
        KAFKA_BROKERS: 'broker-0.example.com:9093,broker-1.example.com:9093',
        KAFKA_TLS: 'on',
        KAFKA_SASL_MECHANISM: 'scram-sha-512',
        KAFKA_SASL_USERNAME: { name: 'my-kafka', key: 'user' },
        KAFKA_SASL_PASSWORD: { name: 'my-kafka', key: 'password' },
        NODE_EXTRA_CA_CERTS: '/etc/splitwatch/ca/ca.crt',
      });
      expect(manifest.spec.template.spec.volumes[0].secret.secretName).toBe('my-kafka');
    },
  );
});

describe('with source.kind=batch', () => {
  const values = ['--namespace', 'bank', '--values', join(CI, 'batch-source.yaml')];
  const K_SINK = 'http://score';

  it("has our own source in the KafkaSource's place, bound to score", async () => {
    const manifests = await render(...values);
    expect(namesOf(manifests)).not.toContain('KafkaSource transactions');
    expect(namesOf(manifests)).toContain('KafkaSource fraud');
    const { spec } = findManifest(manifests, 'SinkBinding transactions-source');
    expect(spec.subject).toMatchObject({ kind: 'Deployment', name: 'transactions-source' });
    expect(spec.sink.ref).toMatchObject({ kind: 'Service', name: 'score' });
    const source = findManifest(manifests, 'Deployment transactions-source');
    expect(source.spec.replicas).toBe(3);
    const { matchLabels } = source.spec.selector;
    expect(source.spec.template.metadata.labels).toEqual(matchLabels);
    const { annotations } = findManifest(manifests, 'ksvc score').spec.template.metadata;
    expect(annotations['autoscaling.knative.dev/target']).toBe('2');
  });

  it('gives it settings that it knows and takes, the same as the KafkaSource had', async () => {
    const manifests = await render(...values);
    const environment = environmentOf(findManifest(manifests, 'Deployment transactions-source'));
    const texts = Object.entries(environment).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : 'secret',
    ]);
    const { NODE_EXTRA_CA_CERTS, ...given } = Object.fromEntries(texts);
    expect(NODE_EXTRA_CA_CERTS).toBe('/etc/splitwatch/ca/ca.crt');
    expect(Object.keys(given).filter((name) => !Object.hasOwn(sourceSettings, name))).toEqual([]);
    const config = readConfig(sourceSettings, { ...given, K_SINK });
    const before = findManifest(await render(), 'KafkaSource transactions').spec;
    expect(config).toMatchObject({
      ...{ TOPIC: before.topics[0], CONSUMER_GROUP: before.consumerGroup },
      ...{ INITIAL_OFFSET: before.initialOffset, ORDERING: before.ordering },
      ...{ RETRY: before.delivery.retry, REQUEST_TIMEOUT: before.delivery.timeout },
      ...{ SOURCE_NAMESPACE: 'bank', SOURCE_NAME: 'transactions', BATCHES_IN_FLIGHT: 4 },
      ...{ KAFKA_TLS: 'on', KAFKA_SASL_MECHANISM: 'scram-sha-256' },
    });
    const host = 'kafka-sink-ingress.knative-eventing.svc.cluster.local';
    expect(config.DEAD_LETTER_SINK).toBe(`http://${host}/bank/transactions-dlq`);
  });

  it('runs as nobody, and has longer to end than it may take', async () => {
    const manifests = await render(...values);
    const { spec } = findManifest(manifests, 'Deployment transactions-source').spec.template;
    expect(spec.containers[0].securityContext).toMatchObject({
      ...{ runAsNonRoot: true, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
    });
    expect(spec.terminationGracePeriodSeconds).toBeGreaterThan(25);
  });
});

it('takes a Redis of its own, and its authority, from Secrets', async () => {
  const manifests = await render('--values', join(CI, 'existing-redis.yaml'));
  for (const name of ['score', 'notify']) {
    expect(environmentOf(findManifest(manifests, `ksvc ${name}`))).toMatchObject({
      REDIS_URL: { name: 'my-redis', key: 'url' },
      NODE_EXTRA_CA_CERTS: '/etc/splitwatch/ca/ca.crt',
    });
  }
  expect(namesOf(manifests).filter((kind) => kind.includes('redis'))).toEqual([]);
});

it('takes a Redis Cluster by several of its nodes', async () => {
  const url = 'redis+cluster://redis-0.redis:6379,redis-1.redis:6379';
  const values = ['--set', 'redis.deploy=false', '--set-json', `redis.external.url="${url}"`];
  const manifests = await render(...values);
  for (const name of ['score', 'notify']) {
    expect(environmentOf(findManifest(manifests, `ksvc ${name}`))).toMatchObject({
      REDIS_URL: url,
    });
  }
});

it('says in words everything that the cluster lacks', async () => {
  const answering = ['--api-versions', 'apps/v1/Deployment'];
  const failing = render(
    ...answering,
    ...SET('topics.create=strimzi', 'serviceMonitor.create=always'),
  );
  const { message } = (await failing.catch((error: Error) => error)) as Error;
  expect(message).toContain('This cluster lacks:');
  for (const part of ['Serving', 'Eventing', 'KafkaSource', 'KafkaSink', 'Strimzi', 'Prometheus']) {
    expect(message).toMatch(new RegExp(`^- .*${part}.*(https://|set )`, 'm'));
  }
});

it.each([
  ['kafka.auth.sasl.enabled=true', 'existingSecret names no Secret'],
  ['kafka.auth.existingSecret=a', 'neither kafka.auth.sasl nor tls is on'],
  ['kafka.auth.tls.clientCert=true', 'needs kafka.auth.tls.enabled'],
  ['source.kind=batches', 'must be one of'],
  ['source.env.RETRY=1', "'RETRY' not allowed"],
  ['redis.deploy=false', 'which Redis to use'],
  ['redis.external.url=redis://a:1', 'redis.deploy is still true'],
  ['score.drainMs=59000', '30 s before score.timeoutSeconds'],
  ['generate.secretEnv.AUTH_TOKEN.name=a,generate.secretEnv.AUTH_TOKEN.key=b', 'PingSource cannot'],
  ['score.env.TRESHOLD=1', "'TRESHOLD' not allowed"],
  ['sources.transactions.delivery.retry=0', 'minimum: got 0, want 1'],
  ['redis.external.url=redis://user:word@host:1', 'does not match pattern'],
  ['redis.external.url=redis+cluster://user:word@host:1', 'does not match pattern'],
])('refuses %s and says why: %s', async (value, why) => {
  await expect(render('--set', value)).rejects.toThrow(why);
});
