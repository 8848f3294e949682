import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { runProgram, USAGE_EXIT_CODE } from './program.ts';

const MAIN = join(import.meta.dirname, 'main.ts');

afterEach(() => {
  vi.unstubAllEnvs();
});

function run(args: string): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  const environment = { ...process.env, KAFKA_BROKERS: '' };
  return new Promise((resolve) => {
    const argv = [MAIN, 'generate', ...args.split(' ')];
    execFile(process.execPath, argv, { env: environment }, (error, stdout, stderr) => {
      resolve({ exitCode: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

test('prints the same transactions for the same seed, the summary apart from them', async () => {
  const args = '--stdout --count 30 --rate max --seed 9 --json';
  const [first, again] = await Promise.all([run(args), run(args)]);
  expect(first.stdout).toBe(again.stdout);
  expect(first.stdout.trimEnd().split('\n')).toHaveLength(30);
  expect(JSON.parse(first.stderr)).toMatchObject({ written: 30 });
});

test('prints the seeds’ traffic as the seeds’ lines, one a second of event time', async () => {
  const { stdout } = await run('--stdout --shape seed --format line --rate max --count 3 --quiet');
  expect(stdout).toMatch(
    /^Monday, 05-Jan-26 09:00:00 UTC;\d;\d;\d+\n.* 09:00:01 UTC;\d;\d;\d+\n.* 09:00:02 UTC;.*\n$/,
  );
});

test.each([
  ['--count 1', '--kafka HOST:PORT is needed, or --stdout'],
  ['--stdout --rate 0', 'expected a number from 0.001 to 1000000'],
  ['--stdout --window 1500ms', 'expected whole seconds, at least 100s'],
  ['--stdout --threshold 1', 'expected an amount of at least 10.00'],
  ['--stdout --start yesterday', 'expected a time such as 2026-01-05T09:00:00Z'],
  ['--stdout --shape round', 'Allowed choices are realistic, seed'],
])('refuses %s in one line, exit code 64', async (args, reason) => {
  vi.stubEnv('KAFKA_BROKERS', '');
  let written = '';
  const writeErr = (text: string): void => {
    written += text;
  };
  const output = { writeOut: () => {}, writeErr, isDebug: false };
  expect(await runProgram(['generate', ...args.split(' ')], output)).toBe(USAGE_EXIT_CODE);
  expect(written).toMatch(/^splitwatch: .*\n$/);
  expect(written).toContain(reason);
});
