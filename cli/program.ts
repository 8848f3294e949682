import { Command, CommanderError } from 'commander';
import { CONFIG_EXIT_CODE, ConfigError } from '#shared/config.ts';
import { AppError } from '#shared/errors.ts';
import manifest from '../package.json' with { type: 'json' };
import { COMMANDS, type CommandEntry } from './commands.ts';
import { kafkaCure } from './kafka-cure.ts';

/** Exit code for wrong usage, as in sysexits.h. */
export const USAGE_EXIT_CODE = 64;

export interface ProgramOutput {
  readonly writeOut: (text: string) => void;
  readonly writeErr: (text: string) => void;
  /** Show the stack of an error under its line. */
  readonly isDebug: boolean;
}

const EXAMPLES = `
Examples:
  ./splitwatch demo                        watch structuring be found, on this laptop alone
  ./splitwatch demo --for 20s --json       the same for scripts: one JSON object a line
  ./splitwatch up --start-services         the real parts: Kafka, Redis, three functions
  ./splitwatch send 66 26 7810.00          one transaction from account 66 to account 26
  ./splitwatch test                        everything that checks this project

./splitwatch COMMAND --help explains a command.`;

/**
 * Runs the command that `args` (without node and script) asks for. Resolves with the exit code;
 * never rejects.
 */
export async function runProgram(
  args: readonly string[],
  output: ProgramOutput,
  commands: readonly CommandEntry[] = COMMANDS,
): Promise<number> {
  try {
    const program = await createProgram(args, output, commands);
    await program.parseAsync([...args], { from: 'user' });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    return exitCodeOf(error, output);
  }
}

async function createProgram(
  args: readonly string[],
  output: ProgramOutput,
  commands: readonly CommandEntry[],
): Promise<Command> {
  const program = new Command('./splitwatch')
    .description(manifest.description)
    .usage('COMMAND [options]')
    .version(manifest.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'explain the program or a command')
    .helpCommand('help [command]', 'explain a command')
    .addHelpText('after', EXAMPLES)
    .exitOverride()
    .configureOutput({
      ...output,
      outputError: (text, write) => write(`${oneLine(text.replace(/^error:/, 'splitwatch:'))}\n`),
    });
  const wanted = wantedCommand(args);
  for (const { name, group, summary, load } of commands) {
    if (name === wanted) (await load()).register(program);
    else program.command(name).description(summary);
    const command = program.commands.find((candidate) => candidate.name() === name);
    if (!command) throw new Error(`cli/${name}.ts does not register the command ${name}`);
    command.copyInheritedSettings(program).helpGroup(group);
  }
  return program;
}

/** The name in `./splitwatch NAME …` or `./splitwatch help NAME`. */
function wantedCommand(args: readonly string[]): string | undefined {
  const [first, second] = args.filter((arg) => !arg.startsWith('-'));
  return first === 'help' ? second : first;
}

function exitCodeOf(error: unknown, { writeErr, isDebug }: ProgramOutput): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE_EXIT_CODE;
  const lines = error instanceof ConfigError ? error.problems : [messageOf(error)];
  for (const line of lines) writeErr(`splitwatch: ${line}\n`);
  if (isDebug && error instanceof Error) writeErr(`${error.stack}\n`);
  return error instanceof ConfigError ? CONFIG_EXIT_CODE : 1;
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return oneLine(String(error));
  const isKafka = error instanceof AppError && error.code === 'topic';
  return oneLine(isKafka ? `${error.message}; ${kafkaCure(error)}` : error.message || error.name);
}

function oneLine(text: string): string {
  return text.trim().replace(/\s*\n\s*/g, ' ');
}
