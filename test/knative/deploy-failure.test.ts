import { afterEach, beforeAll, expect, it } from 'vitest';
import {
  clusterForTests,
  type OwnDeployment,
  ownDeployment,
  splitwatch,
  type TestCluster,
} from './cluster-for-tests.ts';

let on: TestCluster;
let own: OwnDeployment;

beforeAll(async () => {
  on = await clusterForTests();
});

afterEach(async () => {
  const where = ['--namespace', own.namespace, '--topics', '--yes', '--kafka', on.kafkaHere];
  const cleaned = await splitwatch('clean', ...where);
  expect(cleaned.output).toMatch(/nothing is left \(COMPLETE\)|Nothing of ours/);
  expect(cleaned.exitCode).toBe(0);
}, 240_000);

it('says which image cannot be had, in which step, and what to do', async () => {
  own = ownDeployment(on);
  const set = ['--set', 'score.image=dev.local/splitwatch-score:missing'];
  const failed = await splitwatch('deploy', ...own.flags, ...set, '--timeout', '90s');
  expect(failed.exitCode).toBe(1);
  expect(failed.output).toContain('Step score (FATAL_ERROR)');
  expect(failed.output).toMatch(/why: +pod score-00001\S*: the image \S+:missing cannot be had/);
  expect(failed.output).toMatch(/do: +build and push or load it/);
  const status = await splitwatch('status', '--namespace', own.namespace);
  expect(status.exitCode).toBe(1);
}, 200_000);

it('says with which setting a function does not start, in its own words', async () => {
  own = ownDeployment(on);
  const set = ['--set', 'notify.env.CHANNELS=nowhere'];
  const failed = await splitwatch('deploy', ...own.flags, ...set, '--timeout', '3m');
  expect(failed.exitCode).toBe(1);
  expect(failed.output).toContain('Step notify (FATAL_ERROR)');
  expect(failed.output).toMatch(/exit code 78.*it said: CHANNELS/);
  expect(failed.output).toMatch(/do: +its settings are wrong/);
}, 300_000);

it('says that Kafka is not where it is named, and goes away without it when told to', async () => {
  own = ownDeployment({ ...on, kafka: 'nobody.kafka.svc.cluster.local:9092' });
  const failed = await splitwatch('deploy', ...own.flags, '--timeout', '90s');
  expect(failed.exitCode).toBe(1);
  expect(failed.output).toContain('Step topics (FATAL_ERROR)');
  expect(failed.output).toMatch(/it said: Kafka at nobody\S*: creating topics: /);
  expect(failed.output).toMatch(/do: +name brokers that pods reach by --kafka/);
  const where = ['--namespace', own.namespace, '--yes', '--timeout', '2m'];
  const stuck = await splitwatch('clean', ...where);
  expect(stuck.output).toMatch(/--leave-kafka$/m);
  expect(stuck.exitCode).toBe(1);
  const gone = await splitwatch('clean', ...where, '--leave-kafka');
  expect(gone.output).toContain('left as they are');
  expect(gone.exitCode).toBe(0);
}, 400_000);
