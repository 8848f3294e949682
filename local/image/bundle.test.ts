import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Bundle, bundleFunction, FUNCTIONS, type FunctionName } from './bundle.ts';

const ROOT = dirname(dirname(import.meta.dirname));
const SETTINGS = { PORT: '0', HOST: '127.0.0.1', K_SINK: 'http://127.0.0.1:9/' };

let folder: string;
const bundles = new Map<FunctionName, Bundle>();
const children: ChildProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'splitwatch-bundle-'));
  for (const functionName of FUNCTIONS) {
    const bundle = await bundleFunction({ functionName, root: ROOT });
    bundles.set(functionName, bundle);
    for (const { path, bytes } of bundle.files) {
      const to = join(folder, functionName, path);
      await mkdir(dirname(to), { recursive: true });
      await writeFile(to, bytes);
    }
  }
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});
afterAll(() => rm(folder, { recursive: true }));

/** Starts a bundle with no package within its reach, and resolves to where it listens. */
async function start(functionName: FunctionName, settings: Record<string, string>) {
  const main = join(folder, functionName, 'main.cjs');
  const child = spawn(process.execPath, [main], { env: { ...SETTINGS, ...settings } });
  children.push(child);
  const [line] = await once(createInterface(child.stdout), 'line');
  return `http://127.0.0.1:${(JSON.parse(String(line)) as { listening: number }).listening}`;
}

const json = { 'content-type': 'application/json' };
const post = (url: string, body: object) =>
  fetch(url, { method: 'POST', headers: json, body: JSON.stringify(body) });

describe('the bundle of score', () => {
  test('scores, and answers on its other routes as the sources do', async () => {
    const url = await start('score', { REDIS_URL: 'memory:' });
    const timestamp = new Date().toISOString();
    const transaction = { timestamp, origin: '66', target: '26', amount: '9999.00' };
    const answer = await post(url, transaction);
    expect(await answer.json()).toMatchObject({ outcome: 'counted', total: '9999.00' });
    const pair = await fetch(`${url}/pairs/66/26?currency=USD`);
    expect(await pair.json()).toMatchObject({ total: '9999.00' });
    const metrics = await fetch(`${url}/metrics`);
    expect(metrics.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(await metrics.text()).toContain('splitwatch_transactions_total{outcome="counted"');
    expect((await fetch(`${url}/nothing`)).status).toBe(404);
  });
});

describe('the bundle of notify', () => {
  test('serves the page from the folder beside it, each file as what it is', async () => {
    const url = await start('notify', { REDIS_URL: 'memory:' });
    const page = await fetch(url, { headers: { accept: 'text/html' } });
    expect([page.status, page.headers.get('content-type')]).toEqual([
      200,
      'text/html; charset=utf-8',
    ]);
    const script = await fetch(`${url}/page/main.js`);
    expect([script.status, script.headers.get('content-type')]).toEqual([
      200,
      'text/javascript; charset=utf-8',
    ]);
  });
});

describe('the bundle of generate', () => {
  test('starts, and is alive without Kafka', async () => {
    const url = await start('generate', { KAFKA_BROKERS: '127.0.0.1:9', RATE: '0' });
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });
});

describe('the bundle of source', () => {
  test('starts, is alive without Kafka, and says that it does not read yet', async () => {
    const deadLetters = 'http://127.0.0.1:9/';
    const settings = { KAFKA_BROKERS: '127.0.0.1:9', DEAD_LETTER_SINK: deadLetters };
    const url = await start('source', settings);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect((await fetch(`${url}/readyz`)).status).toBe(503);
    expect(await (await fetch(`${url}/metrics`)).text()).toContain('splitwatch_source_lost_total');
  });
});

test('is the same bytes from a checkout in another place', async () => {
  const root = join(folder, 'checkout');
  for (const name of ['functions', 'shared', 'package.json', 'tsconfig.json']) {
    await cp(join(ROOT, name), join(root, name), { recursive: true });
  }
  await symlink(join(ROOT, 'node_modules'), join(root, 'node_modules'));
  const there = await bundleFunction({ functionName: 'score', root });
  expect(there.files).toEqual(bundles.get('score')?.files);
});

test('says where its packages come from, each with its licence', () => {
  const { packages = [] } = bundles.get('score') ?? {};
  const names = packages.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['@redis/client', 'cloudevents', 'express']));
  expect(names).not.toContain('iconv-lite');
  expect(packages.filter(({ licence }) => licence === 'NOASSERTION')).toEqual([]);
});
