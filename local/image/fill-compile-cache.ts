/**
 * `node fill-compile-cache.ts FOLDER`: starts the function in FOLDER/main.cjs, and keeps what V8
 * compiled of it until it listened in FOLDER/compile-cache. A container that reads it starts in
 * four fifths of the time (bench/README.md). Needs nothing but Node: the Containerfile runs it in
 * the base image, since another version of Node would not read the cache.
 *
 * The same function and the same Node make the same bytes. V8's seeds are fixed while the cache is
 * filled, by the two flags that V8 leaves out of the mark by which it knows its cache. The script's
 * path is written into it, so the function is called by one that is the same for any FOLDER. And it
 * is taken and the process ended at a moment before which nothing waits for a clock or a network.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

const FLAGS = ['--predictable', '--random-seed=1', '--preserve-symlinks'];
const PROGRAM = `
  const { enableCompileCache, flushCompileCache } = require('node:module');
  enableCompileCache('/proc/self/cwd/compile-cache');
  process.stdout.write = (text) => {
    if (!text.includes('"listening"')) return true;
    flushCompileCache();
    process.kill(process.pid, 'SIGKILL');
  };
  require('/proc/self/cwd/main.cjs');`;
/** Who runs the function in the image: Node keeps apart what different users compiled. */
const USER_ID = 65_532;
const START_TIMEOUT_MS = 60_000;

/** Enough for each of the functions; nothing of it is reached. */
const SETTINGS = {
  NODE_COMPILE_CACHE_PORTABLE: '1',
  PORT: '0',
  HOST: '127.0.0.1',
  LOG_LEVEL: 'silent',
  REDIS_URL: 'memory:',
  K_SINK: 'http://127.0.0.1:9/',
  DEAD_LETTER_SINK: 'http://127.0.0.1:9/',
  KAFKA_BROKERS: '127.0.0.1:9',
  RATE: '0',
};

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('usage: node fill-compile-cache.ts FOLDER');
await fillCompileCache(folder);

async function fillCompileCache(appFolder: string): Promise<void> {
  const cache = join(appFolder, 'compile-cache');
  await rm(cache, { recursive: true, force: true });
  const child = spawn(process.execPath, [...FLAGS, '--eval', PROGRAM], {
    cwd: appFolder,
    env: SETTINGS,
    stdio: ['ignore', 'ignore', 'inherit'],
    timeout: START_TIMEOUT_MS,
    killSignal: 'SIGTERM',
  });
  const [code, signal] = await once(child, 'exit');
  if (signal !== 'SIGKILL') throw new Error(`the function ended with ${code ?? signal}`);

  const [made, ...more] = await readdir(cache);
  if (made === undefined || more.length > 0) throw new Error('Node made no compile cache');
  const kept = await readdir(join(cache, made));
  if (kept.length !== 1) throw new Error(`Node kept ${kept.length} scripts, not only main.cjs`);
  for (const name of kept) await chmod(join(cache, made, name), 0o644);
  await rename(join(cache, made), join(cache, made.replace(/-\d+$/, `-${USER_ID}`)));
}
