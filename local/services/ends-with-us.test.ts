import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';

/** Runs a shell that starts a program and waits for it. */
const PARENT = `
import { runProgramFile } from ${JSON.stringify(join(import.meta.dirname, 'run-program.ts'))};
const script = 'sleep 60 & echo started; wait';
await runProgramFile('/bin/sh', ['-c', script], { isLive: true, hasOwnGroup: true });
`;

it.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('a program and what it started end when we alone get %s', async (signal, code) => {
  const parent = spawn(process.execPath, ['--input-type=module-typescript', '-e', PARENT], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  onTestFinished(() => void parent.kill('SIGKILL'));
  // Its output is theirs, too: it closes when the last of them has ended.
  const closed = once(parent, 'close');
  await once(parent.stdout, 'data');
  parent.kill(signal);
  expect(await closed).toEqual([code, null]);
});
