import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterEach, expect, test } from 'vitest';
import { transactionAt } from './app-harness.ts';

const MAIN = new URL('./main.ts', import.meta.url).pathname;
const SETTINGS = { K_SINK: 'http://127.0.0.1:9/', REDIS_URL: 'memory:', HOST: '127.0.0.1' };

let child: ChildProcess | undefined;
afterEach(() => child?.kill('SIGKILL'));

/** Starts the function as it is started in production, with these settings and no others. */
function start(settings: Record<string, string>) {
  const started = spawn(process.execPath, [MAIN], { env: { ...settings, PORT: '0' } });
  child = started;
  const errors: string[] = [];
  createInterface(started.stderr).on('line', (line) => errors.push(line));
  const port = once(createInterface(started.stdout), 'line').then(
    ([line]) => (JSON.parse(line as string) as { listening: number }).listening,
  );
  const exit = once(started, 'close').then(([code]) => ({ code: code as number, errors }));
  return { port, exit, kill: (signal: NodeJS.Signals) => started.kill(signal) };
}

test('ends with code 78 and one line for each problem, no stack (C)', async () => {
  const { exit } = start({ THRESHOLD: 'much' });
  expect(await exit).toEqual({
    code: 78,
    errors: [
      expect.stringMatching(/^K_SINK is required/),
      expect.stringMatching(/^REDIS_URL is required/),
      expect.stringMatching(/^THRESHOLD="much": expected an amount/),
    ],
  });
});

test('says on which port it listens, scores, and ends with 0 at SIGINT', async () => {
  const { port, exit, kill } = start(SETTINGS);
  const url = `http://127.0.0.1:${await port}`;
  const now = { ...transactionAt(0), timestamp: new Date().toISOString() };
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(now),
  });
  expect(await response.json()).toMatchObject({ outcome: 'counted' });
  await expect.poll(async () => (await fetch(`${url}/readyz`)).status).toBe(200);
  kill('SIGINT');
  const { code, errors } = await exit;
  expect(code).toBe(0);
  expect(errors.map((line) => JSON.parse(line).msg)).toEqual(['listening', 'draining']);
});

test('fails readiness at SIGTERM, still answers while it drains, and ends with 0 (facts 3)', async () => {
  const { port, exit, kill } = start({ ...SETTINGS, DRAIN_MS: '5000' });
  const url = `http://127.0.0.1:${await port}`;
  await expect.poll(async () => (await fetch(`${url}/readyz`)).status).toBe(200);
  kill('SIGTERM');
  await expect.poll(async () => (await fetch(`${url}/readyz`)).status).toBe(503);
  expect((await exit).code).toBe(0);
});
