import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
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

test.each([
  ['http://169.254.169.254/latest?key=s3cret', '169.254.169.254'],
  ['https://user:s3cret@localhost/', 'localhost'],
  ['http://[::ffff:10.0.0.1]/s3cret', '::ffff:a00:1'],
])(
  'refuses at start to post alerts to %s, in one line that names the cure (P)',
  async (url, host) => {
    const { child, output } = start({ REDIS_URL: 'memory:', WEBHOOK_URL: url });
    const [code] = await once(child, 'close');
    const cure = 'set WEBHOOK_PRIVATE_ADDRESSES=allow where that is meant';
    expect(output.stderr).toBe(`WEBHOOK_URL leads to ${host}, which is private: ${cure}\n`);
    expect(code).toBe(78);
  },
);

test('posts alerts to an address inside where that is allowed', async () => {
  const inside = createServer((request, response) => {
    posted.push(request.headers['ce-type']);
    response.end();
  });
  const posted: unknown[] = [];
  await new Promise<void>((resolve) => inside.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void inside.close());
  const { port } = inside.address() as AddressInfo;
  const allowed = { WEBHOOK_PRIVATE_ADDRESSES: 'allow', CHANNELS: 'none' };
  const settings = { REDIS_URL: 'memory:', WEBHOOK_URL: `http://127.0.0.1:${port}/`, ...allowed };
  const { output } = start(settings);
  await expect.poll(() => output.stdout, { timeout: 15_000 }).toContain('listening');
  const { headers, body } = encodeFraud(fraudOf());
  const url = `http://127.0.0.1:${JSON.parse(output.stdout).listening}`;
  expect((await fetch(url, { method: 'POST', headers, body })).status).toBe(204);
  await expect.poll(() => posted).toEqual(['io.splitwatch.fraud.v1']);
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
