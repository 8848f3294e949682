import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeTemporaryFolder, startGuarded } from './guarded-process.ts';
import { pollUntil } from './poll-until.ts';

let folder = '';

beforeEach(async () => {
  folder = await makeTemporaryFolder('test');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A program that says its pid in a file and then runs until it is ended. */
function sleeper(): [string, ...string[]] {
  return [
    '/bin/sh',
    '-c',
    'echo $$ > "$0/pid.new"; mv "$0/pid.new" "$0/pid"; exec sleep 600',
    folder,
  ];
}

function pidOf(): Promise<number> {
  return pollUntil('the program', 10_000, async () => {
    const text = await readFile(join(folder, 'pid'), 'utf8').catch(() => '');
    return text === '' ? undefined : Number(text);
  });
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function untilGone(pid: number): Promise<void> {
  const isGone = async () => (!isAlive(pid) && !existsSync(folder) ? true : undefined);
  await pollUntil('the end', 10_000, isGone);
}

describe.each(['TERM', 'KILL'] as const)('a process that is ended with %s', (signal) => {
  it('is gone, and its folder too, when stop resolves', async () => {
    const guarded = startGuarded({ name: 'a', command: sleeper(), folder, signal });
    const pid = await pidOf();
    expect(guarded.ending()).toBeUndefined();
    await Promise.all([guarded.stop(), guarded.stop()]);
    expect([isAlive(pid), existsSync(folder)]).toEqual([false, false]);
  });

  it.each(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)(
    'ends with the process that started it, ended by %s',
    async (parentSignal) => {
      const options = { name: 'a', command: sleeper(), folder, signal };
      const module = join(import.meta.dirname, 'guarded-process.ts');
      const script = join(folder, 'parent.ts');
      await writeFile(
        script,
        `import { startGuarded } from ${JSON.stringify(module)};
        startGuarded(${JSON.stringify(options)});
        setInterval(() => {}, 1000);`,
      );
      const parent = spawn(process.execPath, [script], { stdio: 'ignore' });
      const pid = await pidOf();
      parent.kill(parentSignal);
      await untilGone(pid);
    },
  );
});

describe('a process that ends by itself', () => {
  it('says how it ended and what it wrote last, and leaves no folder', async () => {
    const command: [string, ...string[]] = ['/bin/sh', '-c', 'echo no port >&2; exit 3'];
    const guarded = startGuarded({ name: 'a', command, folder, signal: 'TERM' });
    const ending = await pollUntil('the end', 10_000, async () => guarded.ending());
    expect(ending).toBe('a ended (3) no port');
    await guarded.stop();
    expect(existsSync(folder)).toBe(false);
  });

  it('says that there is no such program', async () => {
    const command: [string] = ['/no/such/program'];
    const guarded = startGuarded({ name: 'a', command, folder, signal: 'TERM' });
    const ending = await pollUntil('the end', 10_000, async () => guarded.ending());
    expect(ending).toMatch(/^a ended \(127\)/);
    await guarded.stop();
  });
});
