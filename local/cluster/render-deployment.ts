import type { Cluster } from './cluster.ts';
import type { KindRef } from './kube-object.ts';
import { type DeploySettings, OPTIONAL_KINDS, type Rendered, renderChart } from './render-chart.ts';
import { hasHelm, renderPlain } from './render-plain.ts';

/**
 * What is to stand in the cluster: the chart by Helm where there is one, else the plain YAML.
 * @throws Error that says which setting needs Helm, or what is wrong with the values.
 */
export async function renderDeployment(
  cluster: Pick<Cluster, 'serves'>,
  settings: DeploySettings,
): Promise<{ rendered: Rendered; how: string }> {
  if (!(await hasHelm())) {
    return { rendered: await renderPlain(settings), how: 'The plain YAML of knative/' };
  }
  const served: KindRef[] = [];
  for (const kind of OPTIONAL_KINDS) if (await cluster.serves(kind)) served.push(kind);
  return { rendered: await renderChart(settings, served), how: 'The chart of knative/chart' };
}
