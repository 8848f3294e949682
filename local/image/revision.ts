import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runProgramFile } from '../services/run-program.ts';

/** Which state of the project an image is made of. */
export interface Revision {
  /** Of package.json. */
  readonly version: string;
  /** The commit, with `-dirty` behind it when files that git knows were changed since. */
  readonly commit?: string;
  /** The commit's time, seconds since 1970: the time of everything in the image. */
  readonly timeS: number;
}

/** Reads the revision from git; outside a repository only the version is known, the time is 0. */
export async function readRevision(root: string): Promise<Revision> {
  const text = await readFile(join(root, 'package.json'), 'utf8');
  const { version } = JSON.parse(text) as { version: string };
  const git = (...args: string[]) => runProgramFile('git', ['-C', root, ...args]);
  const { exitCode, output } = await git('log', '-1', '--format=%H %ct');
  const [commit, time] = output.trim().split(' ');
  if (exitCode !== 0 || commit === undefined) return { version, timeS: 0 };
  const status = await git('status', '--porcelain', '--untracked-files=no');
  const mark = status.output.trim() === '' ? '' : '-dirty';
  return { version, commit: `${commit}${mark}`, timeS: Number(time) };
}
