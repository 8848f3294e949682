import { readdir, readFile } from 'node:fs/promises';

/** Linux counts in hundredths of a second, whatever the machine (USER_HZ). */
const TICKS_PER_SECOND = 100;

/**
 * User and system time of a process on all its threads so far, microseconds, in steps of 10 ms.
 * That of ended children is in it: Redis rewrites its append-only file in one.
 */
export async function cpuUsOf(pid: number): Promise<number> {
  const [userTicks, systemTicks, userChildren, systemChildren] = (await statOf(pid)).slice(11, 15);
  const ticks = [userTicks, systemTicks, userChildren, systemChildren].map(Number);
  return (ticks.reduce((sum, one) => sum + one, 0) * 1e6) / TICKS_PER_SECOND;
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
