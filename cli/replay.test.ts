import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const MAIN = join(import.meta.dirname, 'main.ts');
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'replay-'));
  const lines = ['timestamp,origin,target,amount', '2026-01-05T09:00:00Z,66,26,7810.00'];
  lines.push('2026-01-05T09:01:00Z,66,26,3802.00', '2026-01-05T09:02:00Z,66,26,0.00');
  await writeFile(join(folder, 'good.csv'), `${lines.join('\n')}\n`);
  await writeFile(join(folder, 'bad.csv'), `${lines.join('\n')}\nyesterday,66,26,1\n`);
});
afterAll(() => rm(folder, { recursive: true }));

function run(args: readonly string[], input?: string) {
  return new Promise<{ exitCode: number; stdout: string; stderr: string }>((resolve) => {
    const child = execFile(
      process.execPath,
      [MAIN, 'replay', ...args],
      { cwd: folder },
      (error, stdout, stderr) => {
        resolve({ exitCode: error === null ? 0 : Number(error.code), stdout, stderr });
      },
    );
    child.stdin?.end(input);
  });
}

test('says what the rule would have found in a file, and writes it', async () => {
  const { exitCode, stdout } = await run(['good.csv', '--alerts', 'alerts.jsonl', '--json']);
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ counted: 3, alerts: 1, totals: { USD: '11612.00' } });
  const alerts = await readFile(join(folder, 'alerts.jsonl'), 'utf8');
  expect(JSON.parse(alerts)).toMatchObject({ total: '11612.00', transactionCount: 2 });
});

test('takes another rule, and standard input; alerts on standard output stand alone there', async () => {
  const input = await readFile(join(folder, 'good.csv'), 'utf8');
  const other = await run(['-', '--threshold', '20000.00', '--json'], input);
  expect(JSON.parse(other.stdout)).toMatchObject({ alerts: 0 });
  const { stdout, stderr } = await run(['good.csv', '--alerts', '-']);
  expect(JSON.parse(stdout).sequence).toBe(1);
  expect(stderr).toContain('3 transactions in');
});

test('ends with 1 where lines were refused, and names them', async () => {
  const { exitCode, stdout } = await run(['bad.csv']);
  expect(exitCode).toBe(1);
  expect(stdout).toContain('line 5: timestamp: expected a time');
});

test.each([
  [[], 64, 'a FILE is needed, or --kafka'],
  [['none.csv'], 1, 'none.csv: cannot be read (ENOENT)'],
  [['.'], 1, '.: '],
  [['good.csv', '--columns', 'x'], 64, 'expected NAME=COLUMN'],
  [['good.csv', '--labels', 'good.csv'], 1, 'line 1 is no label'],
  [['good.csv', '--alerts', 'no/such'], 1, '--alerts no/such: ENOENT'],
])('answers %j with %i and one line that says why', async (args, code, message) => {
  const { exitCode, stderr } = await run(args);
  expect(exitCode).toBe(code);
  expect(stderr).toContain(message);
  expect(stderr).not.toMatch(/\n\s+at /);
});
