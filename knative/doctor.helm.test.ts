import { globSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { diagnose } from '../local/doctor/diagnose.ts';
import { objectsOf } from '../local/doctor/read-manifests.ts';
import { CHART_FOLDER } from './plain-yaml.ts';
import { runHelm } from './run-helm.ts';

const CI = join(CHART_FOLDER, 'ci');
const VALUES_FILES = globSync('*.yaml', { cwd: CI }).sort();

async function trapsWith(...args: readonly string[]): Promise<readonly string[]> {
  const rendered = await runHelm(['template', 'splitwatch', CHART_FOLDER, ...args]);
  const objects = objectsOf('helm template', rendered);
  expect(objects.length).toBeGreaterThan(10);
  return diagnose({ objects, topics: [], redis: [] }).findings.map(({ trap }) => trap);
}

it('finds nothing in what the chart renders by itself', async () => {
  expect(await trapsWith()).toEqual([]);
});

it.each(VALUES_FILES)('finds nothing in what the values of %s make', async (name) => {
  expect(await trapsWith('--values', join(CI, name))).toEqual([]);
});

it.each([
  ['sources.transactions.initialOffset=latest', 'initial-offset-latest'],
  ['sources.transactions.consumers=7', 'consumers-above-partitions'],
  ['sources.transactions.ordering=ordered', 'in-flight-below-target'],
  ['sources.transactions.delivery.timeout=PT1M', 'retry-budget-over-poll-interval'],
  ['score.containerConcurrency=0', 'container-concurrency-0'],
  ['redis.persistence.enabled=false', 'redis-on-empty-dir'],
  ['redis.image=redis:6.0', 'redis-too-old'],
  ['source.kind=batch,source.replicas=7', 'consumers-above-partitions'],
  ['source.kind=batch,sources.transactions.initialOffset=latest', 'initial-offset-latest'],
])('names what %s makes: %s', async (value, trap) => {
  expect(await trapsWith('--set', value)).toEqual([trap]);
});
