import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CHART_FOLDER } from '../../knative/plain-yaml.ts';
import { kafkaNamesOf, placementOf, placeObjects } from './deploy-steps.ts';
import { readYaml } from './render-chart.ts';

const folder = dirname(CHART_FOLDER);
const PLAIN = globSync('[0-9][0-9]-*.yaml', { cwd: folder })
  .sort()
  .flatMap((path) => readYaml(readFileSync(join(folder, path), 'utf8')));

describe('the objects of knative/', () => {
  it('each belong to the step that the tree shows them in', () => {
    const names = Object.fromEntries(
      Object.entries(placeObjects(PLAIN)).map(([step, objects]) => [
        step,
        objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`),
      ]),
    );
    expect(names).toMatchObject({
      topics: ['Job splitwatch-topics'],
      redis: ['Service splitwatch-redis', 'StatefulSet splitwatch-redis'],
      score: ['Service score'],
      notify: ['Service notify'],
      generate: ['Service generate'],
      sinks: ['KafkaSink fraud', 'KafkaSink transactions-dlq', 'KafkaSink fraud-dlq'],
      binding: ['SinkBinding score'],
    });
    expect(names.sources).toContain('KafkaSource transactions');
    expect(names.first).toContain('NetworkPolicy splitwatch-redis');
  });

  it('name topics, groups and brokers, which clean deletes', () => {
    const { topics, groups, brokers } = kafkaNamesOf(PLAIN);
    expect([...topics].sort()).toEqual(['fraud', 'fraud-dlq', 'transactions', 'transactions-dlq']);
    expect(groups).toEqual([
      { group: 'splitwatch-score', topic: 'transactions' },
      { group: 'splitwatch-notify', topic: 'fraud' },
    ]);
    expect(brokers).toHaveLength(1);
  });
});

describe('the source of batches', () => {
  const component = { 'app.kubernetes.io/component': 'source' };
  const env = { KAFKA_BROKERS: 'a:1,b:2', TOPIC: 't', CONSUMER_GROUP: 'g' };
  const containers = [{ env: Object.entries(env).map(([name, value]) => ({ name, value })) }];
  const deployment = {
    ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 's', labels: component } },
    spec: { template: { spec: { containers } } },
  };

  it('belongs to the sources, its binding too', () => {
    const binding = { apiVersion: 'sources.knative.dev/v1', kind: 'SinkBinding' };
    const bound = { ...binding, metadata: { name: 's', labels: component } };
    expect([deployment, bound].map(placementOf)).toEqual(['sources', 'sources']);
  });

  it('names its topic, group and brokers, which clean deletes', () => {
    expect(kafkaNamesOf([deployment])).toEqual({
      ...{ brokers: ['a:1', 'b:2'], topics: ['t'], groups: [{ group: 'g', topic: 't' }] },
    });
  });
});

it('puts what others need before all, soonest first', () => {
  const object = (kind: string) => ({ apiVersion: 'v1', kind, metadata: { name: kind } });
  const kinds = ['Role', 'ConfigMap', 'Secret', 'Namespace', 'Other'].map(object);
  expect(placeObjects(kinds).first.map(({ kind }) => kind)).toEqual([
    ...['Namespace', 'Secret', 'ConfigMap', 'Role', 'Other'],
  ]);
});

it('refuses a Knative Service that is no function of ours', () => {
  const service = { apiVersion: 'serving.knative.dev/v1', kind: 'Service' };
  expect(() => placementOf({ ...service, metadata: { name: 'other' } })).toThrow(/other/);
});
