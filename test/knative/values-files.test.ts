import { globSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { CHART_FOLDER } from '../../knative/plain-yaml.ts';
import { ClusterError } from '../../local/cluster/cluster.ts';
import { marked } from '../../local/cluster/inventory.ts';
import { showRef } from '../../local/cluster/kube-object.ts';
import { OPTIONAL_KINDS, renderChart } from '../../local/cluster/render-chart.ts';
import { renderPlain } from '../../local/cluster/render-plain.ts';
import { clusterForTests, type TestCluster } from './cluster-for-tests.ts';

const CI = join(CHART_FOLDER, 'ci');
const VALUES_FILES = globSync('*.yaml', { cwd: CI }).sort();
const NAMESPACE = 'default';

let on: TestCluster;

beforeAll(async () => {
  on = await clusterForTests();
});

/** What the cluster says against the objects, without making any. */
async function refusals(objects: Parameters<typeof marked>[0][]): Promise<string[]> {
  const refused: string[] = [];
  for (const object of objects) {
    try {
      await on.cluster.apply(marked(object, NAMESPACE), { isDryRun: true });
    } catch (error) {
      if (!(error instanceof ClusterError)) throw error;
      refused.push(
        `${showRef({ kind: object.kind, name: object.metadata.name })}: ${error.message}`,
      );
    }
  }
  return refused;
}

const settings = (valuesFiles: readonly string[]) => ({
  ...{ namespace: NAMESPACE, valuesFiles, values: [] },
});

describe('the cluster itself takes, in a server-side dry run,', () => {
  it.each(VALUES_FILES)('all that the values of %s make, and the probe', async (file) => {
    const served = [];
    for (const kind of OPTIONAL_KINDS) if (await on.cluster.serves(kind)) served.push(kind);
    const { objects, probe } = await renderChart(settings([join(CI, file)]), served);
    expect(objects.length).toBeGreaterThan(10);
    // Neither Strimzi nor the Prometheus operator need be in the cluster.
    const known = [];
    for (const object of [...objects, ...probe]) {
      const isOptional = OPTIONAL_KINDS.some(({ kind }) => kind === object.kind);
      if (!isOptional || (await on.cluster.serves(object))) known.push(object);
    }
    expect(known.length).toBeGreaterThan(10);
    expect(await refusals(known)).toEqual([]);
  });

  it('the plain YAML', async () => {
    const { objects } = await renderPlain(settings([]));
    expect(objects.length).toBeGreaterThan(10);
    expect(await refusals([...objects])).toEqual([]);
  });

  it('and refuses what is wrong', async () => {
    const { objects } = await renderPlain(settings([]));
    const service = objects.find(({ kind }) => kind === 'KafkaSource');
    if (service === undefined) throw new Error('there is no KafkaSource');
    expect(await refusals([{ ...service, spec: { topics: 'not a list' } }])).toHaveLength(1);
  });
});
