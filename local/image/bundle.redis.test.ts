import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { buffer } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test } from 'vitest';
import { startOwnRedisCluster } from '#shared/redis/own-redis-cluster.ts';
import { writeAppFolder } from './app-folder.ts';
import { bundleFunction, type FunctionName } from './bundle.ts';

const ROOT = dirname(dirname(import.meta.dirname));
const REDIS_URL = process.env.REDIS_URL ?? '';

let folder: string;
const children: ChildProcess[] = [];

beforeAll(async () => {
  if (REDIS_URL === '') throw new Error('REDIS_URL is not set: ./splitwatch test starts a Redis');
  folder = await mkdtemp(join(tmpdir(), 'splitwatch-bundle-'));
  for (const functionName of ['score', 'notify'] as const) {
    const bundle = await bundleFunction({ functionName, root: ROOT });
    await writeAppFolder(join(folder, functionName), bundle, '');
  }
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});
afterAll(() => rm(folder, { recursive: true }));

async function start(functionName: FunctionName, settings: Record<string, string>) {
  const env = { PORT: '0', HOST: '127.0.0.1', ...settings };
  const child = spawn(process.execPath, [join(folder, functionName, 'main.cjs')], { env });
  children.push(child);
  const [line] = await once(createInterface(child.stdout), 'line');
  return `http://127.0.0.1:${(JSON.parse(String(line)) as { listening: number }).listening}`;
}

/** The client of a cluster is a part of its own, with commands of its own. */
const stores = [
  { name: 'a Redis', open: async () => REDIS_URL },
  {
    name: 'a Redis Cluster',
    open: async () => {
      const cluster = await startOwnRedisCluster();
      onTestFinished(cluster.kill);
      return cluster.url;
    },
  },
];

test.each(stores)('the bundles and $name take a fraud all its way to the list', async (store) => {
  const redis = { REDIS_URL: await store.open() };
  const notify = await start('notify', redis);
  const passed: number[] = [];
  // Stands for KafkaSink and KafkaSource: what score sends is what notify gets.
  const between = createServer(async (request, response) => {
    const headers = Object.entries(request.headers).filter(([name]) =>
      /^ce-|^content-type/.test(name),
    );
    const answer = await fetch(notify, {
      method: 'POST',
      headers: Object.fromEntries(headers) as Record<string, string>,
      body: new Uint8Array(await buffer(request)),
    });
    passed.push(answer.status);
    response.writeHead(202).end();
  });
  await once(between.listen(0, '127.0.0.1'), 'listening');
  const sink = `http://127.0.0.1:${(between.address() as AddressInfo).port}/`;
  const score = await start('score', { ...redis, K_SINK: sink });
  const origin = randomUUID();
  const timestamp = new Date().toISOString();
  for (const amount of ['9000.00', '9000.00']) {
    const answer = await fetch(score, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ timestamp, origin, target: '26', amount }),
    });
    expect(answer.status).toBe(200);
  }
  const pair = await fetch(`${score}/pairs/${origin}/26`);
  expect(await pair.json()).toMatchObject({ total: '18000.00' });
  expect(passed).toEqual([204]);
  const alerts = await fetch(`${notify}/alerts?account=${origin}`);
  expect(await alerts.json()).toMatchObject({ alerts: [{ total: '18000.00' }] });
  between.close();
});
