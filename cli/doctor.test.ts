import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { dump } from 'js-yaml';
import { expect, it, onTestFinished } from 'vitest';
import { ownManifests, pick } from '../local/doctor/setup-fixtures.ts';

const MAIN = join(import.meta.dirname, 'main.ts');
const PLAIN = join(import.meta.dirname, '..', 'knative');

/** Runs the command with nothing of this machine's cluster; `input` is its standard input. */
async function doctor(
  args: readonly string[],
  input = '',
  variables: Readonly<Record<string, string>> = {},
) {
  const environment = { PATH: process.env.PATH, HOME: '/nowhere', ...variables };
  const child = spawn(process.execPath, [MAIN, 'doctor', ...args], { env: environment });
  child.stdin.end(input);
  const [stdout, stderr, exitCode] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise((resolve) => child.on('close', resolve)),
  ]);
  return { stdout, stderr, exitCode };
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'splitwatch-doctor-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** Our manifests with one of them changed, as one text. */
async function changed(kindAndName: string, change: Readonly<Record<string, unknown>>) {
  const objects = await ownManifests();
  Object.assign(pick(objects, kindAndName).spec, change);
  return objects.map(({ object }) => dump(object)).join('---\n');
}

it('names a trap with its cure, and ends with exit code 1', async () => {
  const path = join(temporaryFolder(), 'mine.yaml');
  writeFileSync(path, await changed('KafkaSource transactions', { initialOffset: 'latest' }));
  const { stdout, stderr, exitCode } = await doctor(['-f', path]);
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 1 });
  expect(stdout).toMatch(
    new RegExp(
      String.raw`^KafkaSource transactions \(${path}, document \d+\): error initial-offset-latest
  what: spec.initialOffset is latest
  why:  .*
  cure:
    spec:
      initialOffset: earliest

Not checked:
(?:  .*\n)+1 error, 0 warnings in \d+ resources\n$`,
    ),
  );
});

it('says what it looked at when it finds nothing, and ends with exit code 0', async () => {
  const { stdout, exitCode } = await doctor(['-f', PLAIN]);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^Nothing found in .*2 KafkaSource.*\nNot checked:\n(?: {2}.*\n)+/);
  expect(stdout).toMatch(/\n0 errors, 0 warnings in \d+ resources\n$/);
});

it('lets warnings pass, and not with --strict', async () => {
  const piped = await changed('KafkaSource transactions', { ordering: 'ordered' });
  const [lenient, strict] = await Promise.all([
    doctor(['-f', '-'], piped),
    doctor(['-f', '-', '--strict'], piped),
  ]);
  expect([lenient.exitCode, strict.exitCode]).toEqual([0, 1]);
  expect(lenient.stdout).toContain('(standard input, document');
  expect(lenient.stdout).toMatch(/: warning in-flight-below-target\n/);
});

it('prints one JSON object with --json', async () => {
  const piped = await changed('KafkaSink fraud', { contentMode: 'structured' });
  const { stdout } = await doctor(['-f', '-', '--json'], piped);
  const [line, ...rest] = stdout.trimEnd().split('\n');
  expect(rest).toEqual([]);
  expect(JSON.parse(line ?? '')).toMatchObject({
    findings: [
      {
        ...{ trap: 'kafka-sink-structured', severity: 'warning' },
        resource: { kind: 'KafkaSink', name: 'fraud', file: 'standard input' },
        cure: 'spec:\n  contentMode: binary',
      },
    ],
    ...{ errors: 0, warnings: 1 },
    looked: { KafkaSource: 2 },
  });
});

it.each([
  [['-f', 'missing.yaml'], 'missing.yaml cannot be read: there is no such file'],
  [['-f', '-'], 'standard input:1: not YAML: '],
  [[], 'no cluster is named: set KUBECONFIG'],
  [['--redis', 'http://127.0.0.1'], '--redis: expected redis://'],
])('ends with exit code 2 where it cannot look: %j', async (args, why) => {
  const { stdout, stderr, exitCode } = await doctor(args, 'a: [');
  expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 });
  expect(stderr).toMatch(/^splitwatch: [^\n]*\n$/);
  expect(stderr).toContain(why);
});

it('says which cluster does not answer, exit code 2', async () => {
  const folder = temporaryFolder();
  const KUBECONFIG = join(folder, 'config');
  writeFileSync(
    KUBECONFIG,
    dump({
      ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'away' },
      clusters: [{ name: 'away', cluster: { server: 'https://127.0.0.1:1' } }],
      users: [{ name: 'me', user: {} }],
      contexts: [{ name: 'away', context: { cluster: 'away', user: 'me' } }],
    }),
  );
  const { stderr, exitCode } = await doctor(['--namespace', 'mine'], '', { KUBECONFIG });
  expect(exitCode).toBe(2);
  expect(stderr).toBe('splitwatch: https://127.0.0.1:1: connect ECONNREFUSED 127.0.0.1:1\n');
});

it('takes files or a cluster, not both: exit code 64', async () => {
  const { stderr, exitCode } = await doctor(['-f', PLAIN, '--namespace', 'mine']);
  expect(exitCode).toBe(64);
  expect(stderr).toBe('splitwatch: -f looks at files, --namespace and --context at a cluster\n');
});
