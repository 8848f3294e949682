import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { startFunctionProcess } from './function-process.ts';
import { type KeptFunctionOptions, startKeptFunction } from './kept-function.ts';

/** A function as small as can be: says where it listens, answers with its process id. */
const FUNCTION = `
import { createServer } from 'node:http';
import { existsSync } from 'node:fs';
if (process.env.FAIL_WHILE && existsSync(process.env.FAIL_WHILE)) process.exit(1);
if (process.env.FAIL) { console.error('PORT is wrong'); process.exit(78); }
const server = createServer((_request, response) => response.end(String(process.pid)));
server.listen(Number(process.env.PORT), '127.0.0.1', () => {
  console.log(JSON.stringify({ listening: server.address().port }));
  console.log('a line of output');
  console.error('a line of the log');
});
process.once('SIGTERM', () => { console.log('asked to end'); process.exit(0); });
`;

let folder: string;
let script: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'splitwatch-function-'));
  script = join(folder, 'function.mjs');
  await writeFile(script, FUNCTION);
});
afterAll(() => rm(folder, { recursive: true }));

async function startKept(options: Partial<KeptFunctionOptions> = {}) {
  const reports: string[] = [];
  const output: string[] = [];
  const kept = await startKeptFunction({
    ...{ name: 'small', script, port: 0, environment: process.env, onLogLine: () => {} },
    onOutput: (line) => output.push(line),
    report: (sentence) => reports.push(sentence),
    ...options,
  });
  onTestFinished(() => kept.stop());
  const pid = async (): Promise<number> => Number(await (await fetch(kept.url)).text());
  return { kept, reports, output, pid };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('a function as a process', () => {
  it('is started when it says where it listens; its lines are passed on', async () => {
    const output: string[] = [];
    const logged: string[] = [];
    const running = await startFunctionProcess({
      ...{ name: 'small', script, environment: { ...process.env, PORT: '0' } },
      onOutput: (line) => output.push(line),
      onLogLine: (line) => logged.push(line),
    });
    onTestFinished(() => running.kill());
    expect(running.port).toBeGreaterThan(0);
    await vi.waitFor(() => expect(output).toEqual(['a line of output']));
    await vi.waitFor(() => expect(logged).toEqual(['a line of the log']));
    await running.stop(5000);
    expect(await running.ended).toContain('small ended');
  });

  it('fails with its last words, told once, when it ends instead of listening', async () => {
    const logged: string[] = [];
    const environment = { ...process.env, PORT: '0', FAIL: 'yes' };
    const starting = startFunctionProcess({
      ...{ name: 'small', script, environment, onLogLine: (line: string) => logged.push(line) },
    });
    await expect(starting).rejects.toThrow(/small ended \(78\).*PORT is wrong/);
    expect(logged).toEqual([]); // the error has them; whoever catches it may know better words
  });
});

describe('a kept function', () => {
  it('is started again on the same port when it dies, and that is reported', async () => {
    const { kept, reports, pid } = await startKept();
    const first = await pid();
    const { url } = kept;
    kept.kill();
    await vi.waitFor(async () => expect(await pid()).not.toBe(first), { timeout: 10_000 });
    expect(kept).toMatchObject({ url, restarts: 1 });
    expect(reports[0]).toMatch(/^small ended \(SIGKILL\).* starting it again in 250 ms$/);
    expect(reports).toContain('small runs again');
  });

  it('is tried again as often as it takes, and runs when what it needs is back', async () => {
    const away = join(folder, 'away');
    const environment = { ...process.env, FAIL_WHILE: away };
    const { kept, reports, pid } = await startKept({
      environment,
      backoff: { firstMs: 1, maxMs: 4 },
    });
    await writeFile(away, '');
    kept.kill();
    const failures = (): number => reports.filter((one) => one.includes('does not start')).length;
    await vi.waitFor(() => expect(failures()).toBeGreaterThan(11), { timeout: 15_000 });
    await rm(away);
    await vi.waitFor(async () => expect(await pid()).toBeGreaterThan(0), { timeout: 10_000 });
    expect(kept.restarts).toBe(1);
  });

  it('is asked to end when it is stopped, and is not started again', async () => {
    const { kept, reports, pid } = await startKept();
    const last = await pid();
    await kept.stop();
    expect(isAlive(last)).toBe(false);
    expect(reports).toEqual([]);
  });

  it('can be stopped while it waits to be started again', async () => {
    const { kept, reports } = await startKept();
    kept.kill();
    await vi.waitFor(() => expect(reports).toHaveLength(1));
    await kept.stop();
    await expect(fetch(kept.url)).rejects.toThrow();
  });
});
