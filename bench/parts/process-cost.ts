import { readdir, readFile } from 'node:fs/promises';

/** Linux counts ended children in hundredths of a second, whatever the machine (USER_HZ). */
const TICKS_PER_SECOND = 100;

/**
 * User and system time of a process so far, on all its threads, microseconds. That of its ended
 * children is in it: Redis rewrites its append-only file in one.
 */
export async function cpuUsOf(pid: number): Promise<number> {
  const children = (await statOf(pid)).slice(13, 15).map(Number);
  let us = (children.reduce((sum, ticks) => sum + ticks, 0) * 1e6) / TICKS_PER_SECOND;
  for (const thread of await readdir(`/proc/${pid}/task`)) {
    // Nanoseconds, where /proc/PID/stat tells ticks only.
    const text = await readFile(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').catch(() => '0');
    us += Number(text.split(' ')[0]) / 1000;
  }
  return us;
}

/** Resident memory, megabytes: the most so far, or now. */
export async function residentMbOf(pid: number, when: 'peak' | 'now'): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const line = when === 'peak' ? /^VmHWM:\s+(\d+)/m : /^VmRSS:\s+(\d+)/m;
  return Number(line.exec(status)?.[1] ?? Number.NaN) / 1024;
}

/** The program in a process group that a shell guards (`startFunctionProcess`). */
export async function programIn(shellPid: number): Promise<number> {
  for (const entry of await readdir('/proc')) {
    const pid = Number(entry);
    if (!Number.isInteger(pid)) continue;
    const [, parent] = await statOf(pid).catch(() => []);
    if (Number(parent) !== shellPid) continue;
    const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '');
    if (name.trim() !== 'sh') return pid;
  }
  throw new Error(`process ${shellPid} has no program under it`);
}

/** The fields of /proc/PID/stat behind the name, which may hold blanks: state, parent, … */
async function statOf(pid: number): Promise<string[]> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8');
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}
