/**
 * `node fill-compile-cache.ts FOLDER`: starts the function in FOLDER/main.cjs, uses it a little and
 * ends it, so that what V8 compiled of it is kept in FOLDER/compile-cache. A container that reads
 * it starts in two thirds of the time (bench/README.md). Needs nothing but Node: the Containerfile
 * runs it in the base image, since another version of Node would not read the cache.
 *
 * The same function and the same Node make the same bytes. V8's seeds are fixed while the cache is
 * filled, by the two flags that V8 leaves out of the mark by which it knows its cache. The script's
 * path is written into it, so the function is called by one that is the same for any FOLDER.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const SEEDS = ['--predictable', '--random-seed=1'];
const OWN_FOLDER = '/proc/self/cwd';
const FIXED_PATH = ['--preserve-symlinks-main', `${OWN_FOLDER}/main.cjs`];
/** Who runs the function in the image: Node keeps apart what different users compiled. */
const USER_ID = 65_532;
const START_TIMEOUT_MS = 60_000;

/** Enough for each of the functions; nothing of it is reached. */
const SETTINGS = {
  PORT: '0',
  HOST: '127.0.0.1',
  LOG_LEVEL: 'silent',
  REDIS_URL: 'memory:',
  K_SINK: 'http://127.0.0.1:9/',
  KAFKA_BROKERS: '127.0.0.1:9',
  RATE: '0',
};

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('usage: node fill-compile-cache.ts FOLDER');
await fillCompileCache(folder);

async function fillCompileCache(appFolder: string): Promise<void> {
  const cache = join(appFolder, 'compile-cache');
  await rm(cache, { recursive: true, force: true });
  const child = spawn(process.execPath, [...SEEDS, ...FIXED_PATH], {
    cwd: appFolder,
    env: {
      ...SETTINGS,
      NODE_COMPILE_CACHE: `${OWN_FOLDER}/compile-cache`,
      NODE_COMPILE_CACHE_PORTABLE: '1',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: START_TIMEOUT_MS,
    killSignal: 'SIGKILL',
  });
  const exit = once(child, 'exit');
  const line = Promise.race([
    once(createInterface(child.stdout), 'line'),
    exit.then(([code]) => Promise.reject(new Error(`the function ended with ${code}`))),
  ]);
  const { listening } = JSON.parse(String((await line)[0])) as { listening: number };
  for (const path of ['/healthz', '/readyz']) {
    await (await fetch(`http://127.0.0.1:${listening}${path}`)).arrayBuffer();
  }
  child.kill('SIGINT');
  const [code] = await exit;
  if (code !== 0) throw new Error(`the function ended with ${code}`);

  const [made, ...more] = await readdir(cache);
  if (made === undefined || more.length > 0) throw new Error('Node made no compile cache');
  for (const name of await readdir(join(cache, made))) await chmod(join(cache, made, name), 0o644);
  await rename(join(cache, made), join(cache, made.replace(/-\d+$/, `-${USER_ID}`)));
}
