import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { patternOf, ROOT, readmeCommands, typed } from './readme-commands.ts';

/** Starts a command of ./splitwatch and resolves with the addresses that it prints. */
async function start(
  args: readonly string[],
  names: readonly string[],
): Promise<{ child: ChildProcess; urls: Record<string, string> }> {
  const child = spawn(process.execPath, [join(ROOT, 'cli/main.ts'), ...args], { cwd: ROOT });
  let output = '';
  child.stderr?.on('data', (chunk) => (output += chunk));
  await new Promise<void>((resolve, reject) => {
    child.stdout?.on('data', (chunk) => {
      output += chunk;
      if (names.every((name) => new RegExp(`^${name}:\\s+http`, 'm').test(output))) resolve();
    });
    child.once('exit', (code) => reject(new Error(`ended with ${code}: ${output}`)));
  });
  const urls = names.map((name) => {
    const [, url = ''] = new RegExp(`^${name}:\\s+(http://[^/\\s]+)`, 'm').exec(output) ?? [];
    return [name, url];
  });
  return { child, urls: Object.fromEntries(urls) };
}

/** Ctrl-C, and the exit code. */
async function interrupt(child: ChildProcess): Promise<number | null> {
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  child.kill('SIGINT');
  return ended;
}

const commands = readmeCommands();
const inSection = (title: string) => commands.filter((command) => command.section === title);

describe('README, typed beside the demo', () => {
  let demo: Awaited<ReturnType<typeof start>>;
  beforeAll(async () => {
    const ports = ['--port', '0', '--score-port', '0'];
    demo = await start(['demo', '--rate', '5', '--quiet', ...ports], ['Page', 'Score']);
  });
  afterAll(async () => {
    expect(await interrupt(demo.child)).toBe(0);
  });

  const lines = inSection('Post it a transaction');
  it('has lines for every form, the pair, the alerts and hey', () => {
    expect(lines.length).toBeGreaterThanOrEqual(8);
  });

  it.each(lines)('prints what it says for: $command', async ({ command, expected }) => {
    const hey = process.env.HEY_PATH ?? 'hey';
    const { output } = await typed(command, {
      'http://127.0.0.1:8080': demo.urls.Page as string,
      'http://127.0.0.1:8081': demo.urls.Score as string,
      'hey -n': `${hey} -n`,
    });
    expect(output).toMatch(patternOf(expected));
  });
});

describe('README, typed beside the real parts', () => {
  let up: Awaited<ReturnType<typeof start>>;
  beforeAll(async () => {
    const parts = [
      '--kafka',
      process.env.KAFKA_BROKERS ?? '',
      '--redis',
      process.env.REDIS_URL ?? '',
    ];
    const ports = ['--port', '0', '--score-port', '0', '--generate-port', '0'];
    up = await start(['up', ...parts, ...ports, '--rate', '0'], ['Page', 'Score', 'Generate']);
  }, 120_000);
  afterAll(async () => {
    expect(await interrupt(up.child)).toBe(0);
  }, 60_000);

  it.each(inSection('On a real Kafka and a real Redis'))(
    'prints what it says for: $command',
    async ({ command, expected }) => {
      const { output, exitCode } = await typed(command, {
        'http://127.0.0.1:8082': up.urls.Generate as string,
        './splitwatch send': `./splitwatch send --score ${up.urls.Score}`,
      });
      expect(output).toMatch(patternOf(expected));
      expect(exitCode).toBe(0);
    },
  );
});

describe('the reader of README', () => {
  it('takes … for anything and all else to the letter', () => {
    expect('{"a":1,"b":2}\n').toMatch(patternOf('{"a":1,…}'));
    expect('{"a":2,"b":2}').not.toMatch(patternOf('{"a":1,…}'));
    expect('{"a":1} and more').not.toMatch(patternOf('{"a":1}'));
  });
});
