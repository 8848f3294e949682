import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '#shared/config.ts';
import { COMMANDS, type CommandEntry } from './commands.ts';
import { runProgram } from './program.ts';

/** Runs the program with what it wrote collected. */
async function run(args: readonly string[], commands?: readonly CommandEntry[], isDebug = false) {
  let out = '';
  let err = '';
  const output = {
    writeOut: (text: string) => {
      out += text;
    },
    writeErr: (text: string) => {
      err += text;
    },
    isDebug,
  };
  const exitCode = await runProgram(args, output, commands);
  return { exitCode, out, err };
}

function failing(error: unknown): CommandEntry[] {
  const register = (program: Command): void => {
    program.command('fail').action(() => {
      throw error;
    });
  };
  return [{ name: 'fail', group: 'G:', summary: 's', load: async () => ({ register }) }];
}

const UNLOADABLE: CommandEntry[] = [
  {
    name: 'heavy',
    group: 'G:',
    summary: 'a heavy one',
    load: () => Promise.reject(new Error('loaded')),
  },
];

describe('the help', () => {
  it('lists every command with its line, under headings', async () => {
    const { exitCode, out } = await run(['--help']);
    expect(exitCode).toBe(0);
    for (const { name, group, summary } of COMMANDS) {
      expect(out).toMatch(new RegExp(`^  ${name} +${summary}$`, 'm'));
      expect(out).toContain(group);
    }
  });

  it('loads no command', async () => {
    expect((await run(['--help'], UNLOADABLE)).out).toContain('a heavy one');
  });

  it('stands on standard error, with exit code 64, when no command is named', async () => {
    const { exitCode, out, err } = await run([]);
    expect({ exitCode, out }).toEqual({ exitCode: 64, out: '' });
    expect(err).toContain('Usage: ./splitwatch');
  });
});

describe.each(COMMANDS)('the command $name', ({ name, summary, load }) => {
  it('says the same in its own help as in the list', async () => {
    const program = new Command();
    (await load()).register(program);
    expect(program.commands.map((command) => [command.name(), command.description()])).toEqual([
      [name, summary],
    ]);
  });

  it('explains itself with examples', async () => {
    const { exitCode, out } = await run([name, '--help']);
    expect(exitCode).toBe(0);
    expect(out).toContain(`Usage: ./splitwatch ${name}`);
    expect(out).toContain('Examples:');
    expect((await run(['help', name])).out).toBe(out);
  });

  it('refuses an option that it does not know, in one line, with exit code 64', async () => {
    const { exitCode, err } = await run([name, '--no-such-option']);
    expect(exitCode).toBe(64);
    expect(err).toMatch(/^splitwatch: unknown option '--no-such-option'[^\n]*\n$/);
  });
});

describe('a mistake', () => {
  it('in the command is answered with the nearest one and exit code 64', async () => {
    expect(await run(['dmo'])).toEqual({
      exitCode: 64,
      out: '',
      err: "splitwatch: unknown command 'dmo' (Did you mean demo?)\n",
    });
  });

  it('in the configuration is listed as a whole, with exit code 78', async () => {
    const result = await run(['fail'], failing(new ConfigError(['A is required', 'B=1: no'])));
    expect(result).toEqual({
      exitCode: 78,
      out: '',
      err: 'splitwatch: A is required\nsplitwatch: B=1: no\n',
    });
  });

  it('that a command reports is one line with exit code 1', async () => {
    const result = await run(['fail'], failing(new Error('the port is taken\n  by another')));
    expect(result).toEqual({
      exitCode: 1,
      out: '',
      err: 'splitwatch: the port is taken by another\n',
    });
  });

  it('shows where it came from when DEBUG is set', async () => {
    const { err } = await run(['fail'], failing(new Error('broken')), true);
    expect(err).toMatch(/^splitwatch: broken\nError: broken\n +at /);
  });
});

it('prints the version', async () => {
  const { exitCode, out } = await run(['--version']);
  expect({ exitCode, out }).toEqual({
    exitCode: 0,
    out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
  });
});
