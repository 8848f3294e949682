import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findProgram, javaVersion, probeMachine } from './probe-machine.ts';

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'splitwatch-probe-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function program(path: string, script: string): Promise<string> {
  const file = join(folder, path);
  await mkdir(join(file, '..'), { recursive: true });
  await writeFile(file, `#!/bin/sh\n${script}\n`);
  await chmod(file, 0o755);
  return file;
}

describe('the version of Java', () => {
  it.each([
    ['openjdk version "17.0.15" 2025-04-15', 17],
    ['openjdk version "21" 2023-09-19', 21],
    ['java version "1.8.0_292"', 8],
    ['openjdk version "25-ea" 2025-09-16', 25],
    ['The operation couldn’t be completed. Unable to locate a Java Runtime.', 0],
  ])('in %j is %i', (output, version) => {
    expect(javaVersion(output)).toBe(version);
  });
});

describe('looking for a program', () => {
  it('takes the first that can start, past a stub of the same name', async () => {
    await program('stubs/redis-server', 'exit 1');
    const real = await program('real/redis-server', 'exit 0');
    const path = await findProgram('redis', { PATH: join(folder, 'stubs') });
    expect(path).toBeUndefined();
    expect(await findProgram('redis', { PATH: join(folder, 'real') })).toBe(real);
  });

  it('does not take a Java that is too old for the broker', async () => {
    await program('java', 'echo \'openjdk version "11.0.2"\' >&2');
    expect(await findProgram('kafka', { PATH: folder })).toBeUndefined();
  });

  it('prefers the Java that JAVA_HOME names', async () => {
    const home = await program('home/bin/java', 'echo \'openjdk version "21.0.1"\' >&2');
    await program('java', 'echo \'openjdk version "17.0.1"\' >&2');
    const environment = { PATH: folder, JAVA_HOME: join(folder, 'home') };
    expect(await findProgram('kafka', environment)).toBe(home);
  });

  it('finds nothing in an empty PATH, and takes what is given as it is', async () => {
    const machine = await probeMachine(['redis', 'hey'], { PATH: '', REDIS_URL: 'redis://r' });
    expect(machine).toMatchObject({
      given: { redis: 'redis://r' },
      programs: {},
      hasDocker: false,
      canInstall: false,
    });
  });
});
