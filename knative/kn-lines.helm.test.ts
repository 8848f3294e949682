import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { knLines } from './kn-lines.ts';
import { type Manifest, readManifests } from './manifest.ts';

const { KN_PATH = 'kn' } = process.env;
const FOLDER = import.meta.dirname;
const LINES = knLines(readFileSync(join(FOLDER, 'README.md'), 'utf8'));

/** What `kn service apply` would make, without a cluster: `create` has the same flags. */
async function serviceBy(line: readonly string[]): Promise<Manifest> {
  const folder = mkdtempSync(join(tmpdir(), 'splitwatch-kn-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const target = join(folder, 'service.yaml');
  const args = ['service', 'create', ...line.slice(3), '--namespace', 'any', '--target', target];
  await promisify(execFile)(KN_PATH, args, { env: { ...process.env, HOME: folder } });
  return readManifests(readFileSync(target, 'utf8'))[0] as Manifest;
}

/** What Serving makes of both, and what kn notes down for itself. */
function comparable({ metadata, spec }: Manifest): object {
  const { template } = structuredClone(spec);
  const [container] = template.spec.containers;
  for (const key of Object.keys(template.metadata.annotations)) {
    if (key.startsWith('client.knative.dev/')) delete template.metadata.annotations[key];
  }
  delete template.metadata.creationTimestamp;
  if (container.name === '') delete container.name;
  for (const probe of [container.livenessProbe, container.readinessProbe]) {
    if (probe.httpGet.port === 0) delete probe.httpGet.port;
  }
  const visibility = metadata.labels['networking.knative.dev/visibility'];
  // The chart's list has the parts first; which comes first matters only to `$(REDIS_PASSWORD)`.
  container.env.sort((a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1));
  return { visibility, template };
}

it.each(
  LINES.filter(([, kind]) => kind === 'service').map((line) => [line[3] as string, line] as const),
)('%s by kn is the same as by the chart, but for two fields', async (name, line) => {
  const byKn = await serviceBy(line);
  const files = { score: '50-score', notify: '60-notify', generate: '70-generate' };
  const file = `${files[name as keyof typeof files]}.yaml`;
  const [byChart] = readManifests(readFileSync(join(FOLDER, file), 'utf8')) as [Manifest];
  const pod = byChart.spec.template.spec;
  expect(pod.automountServiceAccountToken).toBe(false);
  expect(pod.containers[0].securityContext.readOnlyRootFilesystem).toBe(true);
  delete pod.automountServiceAccountToken;
  delete pod.containers[0].securityContext.readOnlyRootFilesystem;
  expect(comparable(byKn)).toEqual(comparable(byChart));
});

it('shows a line for every function', () => {
  expect(LINES.map(([, ...words]) => words.slice(0, 3).join(' '))).toEqual([
    ...['source binding create', 'service apply score', 'service apply notify'],
    ...['service apply generate', 'source ping create'],
  ]);
});
