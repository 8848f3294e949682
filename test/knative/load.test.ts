import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  clusterForTests,
  type OwnDeployment,
  ownDeployment,
  splitwatch,
  type TestCluster,
} from './cluster-for-tests.ts';

let on: TestCluster;
let own: OwnDeployment;
let folder: string;

beforeAll(async () => {
  on = await clusterForTests();
  own = ownDeployment(on);
  folder = await mkdtemp(join(tmpdir(), 'splitwatch-load-'));
  // So few a pod that the load below is more than one or two may take, on any machine.
  const scale = ['score.scale.target=8', 'score.containerConcurrency=10', 'score.scale.max=4'];
  const set = scale.flatMap((value) => ['--set', value]);
  const deployed = await splitwatch('deploy', ...own.flags, ...set, '--timeout', '4m');
  expect(deployed.output).toContain('[COMPLETE]');
}, 300_000);

afterAll(async () => {
  if (own === undefined) return;
  await splitwatch('clean', '--namespace', own.namespace, '--topics', '--yes');
  await rm(folder, { recursive: true, force: true });
}, 240_000);

it('under load pods are added, no answer fails, and what was accepted is counted', async () => {
  const svg = join(folder, 'load.svg');
  const loaded = await splitwatch(
    ...['load', '--namespace', own.namespace, '--ingress', on.ingress, '--svg', svg],
    ...['--for', '30s', '--concurrency', '80', '--json'],
  );
  const line = loaded.output.trim().split('\n').at(-1) ?? '';
  const { summary } = JSON.parse(line) as {
    summary: { failures: number; podsMax: number; accepted: number; counted: number };
  };
  expect(summary.failures).toBe(0);
  expect(summary.podsMax).toBeGreaterThanOrEqual(3);
  expect(summary.counted).toBe(summary.accepted);
  expect(loaded.exitCode).toBe(0);
  expect(await readFile(svg, 'utf8')).toContain('</svg>');
}, 120_000);
