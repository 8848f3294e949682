import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readRevision } from './revision.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'splitwatch-revision-'));
  await writeFile(join(folder, 'package.json'), '{"version":"1.2.3"}');
});
afterEach(() => rm(folder, { recursive: true }));

function git(...args: string[]): void {
  const who = ['-c', 'user.name=a', '-c', 'user.email=a@b.test', '-c', 'commit.gpgsign=false'];
  execFileSync('git', ['-C', folder, ...who, ...args], {
    env: { ...process.env, GIT_COMMITTER_DATE: '1795000000 +0000' },
    stdio: 'ignore',
  });
}

test('knows only the version where there is no commit', async () => {
  expect(await readRevision(folder)).toEqual({ version: '1.2.3', timeS: 0 });
});

test('is the commit and its time, and says when files were changed since', async () => {
  git('init');
  git('add', '.');
  git('commit', '-m', 'first');
  const commit = expect.stringMatching(/^[0-9a-f]{40}$/);
  const timeS = 1_795_000_000;
  expect(await readRevision(folder)).toEqual({ version: '1.2.3', commit, timeS });
  await writeFile(join(folder, 'package.json'), '{"version":"1.2.4"}');
  const dirty = expect.stringMatching(/^[0-9a-f]{40}-dirty$/);
  expect(await readRevision(folder)).toEqual({ version: '1.2.4', commit: dirty, timeS });
});
