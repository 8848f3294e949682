import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readConfig, type Settings } from '#shared/config.ts';
import { generateSettings } from '../functions/generate/config.ts';
import { notifySettings } from '../functions/notify/config.ts';
import { scoreSettings } from '../functions/score/config.ts';
import { envOf, findManifest, type Manifest, readManifests } from './manifest.ts';

const MANIFESTS = globSync('[0-9][0-9]-*.yaml', { cwd: import.meta.dirname })
  .sort()
  .flatMap((name) => readManifests(readFileSync(join(import.meta.dirname, name), 'utf8')));

const all = (kind: string): Manifest[] => MANIFESTS.filter((manifest) => manifest.kind === kind);
const find = (wanted: string): Manifest => findManifest(MANIFESTS, wanted);

/** The environment of a container; what comes from a Secret is stood in for. */
function environmentOf(wanted: string): Record<string, string> {
  return Object.fromEntries(
    envOf(find(wanted)).map(({ name, value }) => [
      name,
      value?.replace(/\$\((\w+)\)/g, 'secret') ?? 'secret',
    ]),
  );
}

const FUNCTIONS: readonly (readonly [string, Settings, Record<string, string>])[] = [
  ['score', scoreSettings, { K_SINK: 'http://sink' }],
  ['notify', notifySettings, {}],
  ['generate', generateSettings, {}],
];

describe.each(FUNCTIONS)('function %s', (name, settings, injected) => {
  const pod = find(`ksvc ${name}`).spec.template.spec;

  it('gets settings that it knows and takes', () => {
    const environment = { ...environmentOf(`ksvc ${name}`), ...injected };
    expect(readConfig(settings, environment)).toMatchObject({ PORT: 8080 });
    const unknown = Object.keys(environment).filter((key) => settings[key] === undefined);
    expect(unknown.filter((key) => key !== 'REDIS_PASSWORD')).toEqual([]);
  });

  it('runs as nobody, on a file system that it cannot write to', () => {
    expect(pod.containers[0].securityContext).toMatchObject({
      runAsNonRoot: true,
      readOnlyRootFilesystem: true,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
    });
  });

  it("has drained before its pod's time is up, the proxy's 30 s before it included", () => {
    const drainMs = Number(environmentOf(`ksvc ${name}`).DRAIN_MS);
    expect(30_000 + drainMs).toBeLessThan(pod.timeoutSeconds * 1000);
  });
});

it('bounds the requests in one pod of score, whose Node is one thread', () => {
  const { containerConcurrency } = find('ksvc score').spec.template.spec;
  expect(containerConcurrency).toBeGreaterThanOrEqual(50);
  expect(containerConcurrency).toBeLessThanOrEqual(100);
});

it.each([
  ['score', 'cluster-local'],
  ['notify', undefined],
  ['generate', 'cluster-local'],
])('%s has the visibility %s', (name, visibility) => {
  const { labels } = find(`ksvc ${name}`).metadata;
  expect(labels['networking.knative.dev/visibility']).toBe(visibility);
});

it('makes every topic that a source reads or a sink writes', () => {
  const { MAKE_TOPICS } = readConfig(generateSettings, environmentOf('Job splitwatch-topics'));
  const used = [
    ...all('KafkaSource').flatMap(({ spec }) => spec.topics),
    ...all('KafkaSink').map(({ spec }) => spec.topic),
    environmentOf('ksvc generate').TOPIC,
  ];
  expect(new Set(MAKE_TOPICS?.map((topic) => topic.name))).toEqual(new Set(used));
});

it('writes binary events to every sink', () => {
  expect(all('KafkaSink').map(({ spec }) => spec.contentMode)).toEqual(Array(3).fill('binary'));
});

it("binds score to the sink of the topic that notify's source reads", () => {
  const { subject, sink } = find('SinkBinding score').spec;
  expect(subject.name).toBe('score');
  expect(find(`KafkaSink ${sink.ref.name}`).spec.topic).toBe(
    find('KafkaSource fraud').spec.topics[0],
  );
});

describe.each([
  ['transactions', 'score', 'transactions-dlq'],
  ['fraud', 'notify', 'fraud-dlq'],
])('source %s', (name, sinkName, deadLetters) => {
  const { spec } = find(`KafkaSource ${name}`);
  const { delivery } = spec;

  it('begins at the oldest record, in a group whose name stays', () => {
    expect(spec).toMatchObject({
      ...{ initialOffset: 'earliest', consumerGroup: `splitwatch-${sinkName}` },
      ...{ ordering: 'unordered', sink: { ref: { kind: 'Service', name: sinkName } } },
    });
  });

  it('loses nothing: it tries again, then hands over to a dead-letter sink that exists', () => {
    expect(delivery.retry).toBeGreaterThan(0);
    expect(delivery.deadLetterSink.ref.name).toBe(deadLetters);
    expect(find(`KafkaSink ${deadLetters}`).spec.topic).not.toBe(spec.topics[0]);
  });

  it("is done with a record well within the consumer's poll interval of 300 s", () => {
    expect(delivery.backoffPolicy).toBe('exponential');
    const seconds = (duration: string): number => Number(/^PT([\d.]+)S$/.exec(duration)?.[1]);
    const waits = Array.from({ length: delivery.retry }, (_, n) => 2 ** n);
    const waitS = waits.reduce((sum, n) => sum + n * seconds(delivery.backoffDelay), 0);
    const worstS = (delivery.retry + 1) * seconds(delivery.timeout) + waitS;
    expect(worstS).toBeLessThan(150);
  });

  it('waits longer for an answer than score may take to give one', () => {
    const environment = { K_SINK: 'http://s', REDIS_URL: 'redis://r' };
    const { STORE_TIMEOUT_MS, SINK_TIMEOUT_MS } = readConfig(scoreSettings, environment);
    const timeoutMs = Number(/^PT([\d.]+)S$/.exec(delivery.timeout)?.[1]) * 1000;
    // Two steps in the store: one counts, one notes that the sink has it.
    expect(2 * STORE_TIMEOUT_MS + SINK_TIMEOUT_MS).toBeLessThan(timeoutMs);
  });
});

it('runs a Redis that keeps its data, evicts nothing and asks for a password', () => {
  const { args } = find('StatefulSet splitwatch-redis').spec.template.spec.containers[0];
  for (const [option, value] of [
    ['--appendonly', 'yes'],
    ['--appendfsync', 'everysec'],
    ['--maxmemory-policy', 'noeviction'],
    ['--requirepass', '$(REDISCLI_AUTH)'],
  ]) {
    expect(args[args.indexOf(option) + 1]).toBe(value);
  }
});

it('holds no Secret', () => {
  expect(all('Secret')).toEqual([]);
});
