import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { encodeFraud } from '#shared/events/fraud-event.ts';
import { fraudOf } from './fraud-examples.ts';
import { readAlertEvents } from './read-stream.ts';

/** The production entry point as a process of its own. */
function start(environment: Record<string, string>) {
  const child: ChildProcess = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], {
    env: { PATH: process.env.PATH, PORT: '0', HOST: '127.0.0.1', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const output = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk) => {
    output.stdout += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    output.stderr += chunk;
  });
  return { child, output };
}

test('lists all problems of its settings and ends with 78 (C)', async () => {
  const { child, output } = start({ KEEP_DAYS: 'x', CHANNELS: 'pigeon', PAGE_TOKEN: 's3cret' });
  const [code] = await once(child, 'close');
  expect(code).toBe(78);
  for (const name of ['REDIS_URL', 'KEEP_DAYS', 'CHANNELS']) expect(output.stderr).toContain(name);
  expect(output.stderr).not.toContain('s3cret');
});

test('says where it listens, prints alerts as the seeds did, and ends in time with a page open', async () => {
  const names = { BROKER_NAME: 'kafka:9092', TOPIC_NAME: 'fraud' };
  const { child, output } = start({ REDIS_URL: 'memory:', DRAIN_MS: '0', ...names });
  await expect.poll(() => output.stdout, { timeout: 15_000 }).toContain('Topic:   fraud\n');
  const [first, second] = output.stdout.split('\n');
  const url = `http://127.0.0.1:${JSON.parse(first as string).listening}`;
  expect(second).toBe('Broker:   kafka:9092');
  const events = await fetch(`${url}/events`);
  const { headers, body } = encodeFraud(fraudOf());
  expect((await fetch(url, { method: 'POST', headers, body })).status).toBe(204);
  expect(await readAlertEvents(events, 1)).toHaveLength(1);
  expect(output.stdout).toContain(
    "Transaction{timestamp=1562784331000, origin=1, target='5', amount=6437}}\n",
  );
  await fetch(`${url}/events`);
  child.kill('SIGTERM');
  const [code] = await once(child, 'close');
  expect(code).toBe(0);
});
