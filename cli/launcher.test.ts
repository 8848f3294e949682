import { spawn } from 'node:child_process';
import {
  chmod,
  copyFile,
  mkdir,
  mkdtemp,
  readFile,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';

const LAUNCHER = fileURLToPath(new URL('../splitwatch', import.meta.url));
/** Installs slowly, and says when it began and ended. */
const NPM = `#!/bin/sh
echo begin >>"$NPM_LOG"
sleep 0.4
mkdir -p node_modules && echo >node_modules/.package-lock.json
echo end >>"$NPM_LOG"
`;

/** A checkout of the launcher alone, with an npm of the test's own. */
async function checkout() {
  const root = await mkdtemp(join(tmpdir(), 'splitwatch-launcher-'));
  onTestFinished(() => rm(root, { recursive: true }));
  await copyFile(LAUNCHER, join(root, 'splitwatch'));
  await writeFile(join(root, 'package-lock.json'), '{}');
  await mkdir(join(root, 'cli'));
  await writeFile(join(root, 'cli', 'main.ts'), "console.log('ran');");
  await mkdir(join(root, 'bin'));
  await writeFile(join(root, 'bin', 'npm'), NPM);
  await chmod(join(root, 'bin', 'npm'), 0o755);
  await symlink(process.execPath, join(root, 'bin', 'node'));
  const log = join(root, 'npm.log');
  const run = (): Promise<string> =>
    new Promise((resolve, reject) => {
      const PATH = `${join(root, 'bin')}:${process.env.PATH}`;
      const env = { ...process.env, PATH, NPM_LOG: log };
      const child = spawn(join(root, 'splitwatch'), { env, stdio: ['ignore', 'pipe', 'ignore'] });
      const chunks: Buffer[] = [];
      child.stdout.on('data', (chunk) => chunks.push(chunk));
      child.on('error', reject);
      child.on('close', () => resolve(Buffer.concat(chunks).toString().trim()));
    });
  const npmLines = async (): Promise<string[]> => (await readFile(log, 'utf8')).trim().split('\n');
  return { root, run, npmLines };
}

/** The id of a process that is no more. */
async function deadPid(): Promise<number> {
  const child = spawn('true');
  await new Promise((resolve) => child.on('close', resolve));
  return child.pid as number;
}

it('installs once however many are started, and after an install that was killed', async () => {
  const { root, run, npmLines } = await checkout();
  const guard = join(root, '.cache', 'install');
  await mkdir(guard, { recursive: true });
  const dead = await deadPid();
  await writeFile(join(guard, `owner.${dead}`), '');
  const outputs = await Promise.all(Array.from({ length: 6 }, run));
  expect(outputs).toEqual(Array.from({ length: 6 }, () => 'ran'));
  expect(await npmLines()).toEqual(['begin', 'end']);
}, 60_000);

it('goes on after one that was killed before it could say who it is', async () => {
  const { root, run, npmLines } = await checkout();
  await mkdir(join(root, '.cache', 'install'), { recursive: true });
  expect(await run()).toBe('ran');
  expect(await npmLines()).toEqual(['begin', 'end']);
}, 60_000);
