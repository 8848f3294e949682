import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One line that README tells people to type, and what it says they will see. */
export interface ReadmeCommand {
  readonly section: string;
  readonly command: string;
  /** With `…` for whatever may stand there. */
  readonly expected: string;
}

export const ROOT = join(import.meta.dirname, '../..');

/** Every `$ …` line of README's `console` blocks, with the lines below it. */
export function readmeCommands(
  readme = readFileSync(join(ROOT, 'README.md'), 'utf8'),
): ReadmeCommand[] {
  const commands: ReadmeCommand[] = [];
  let section = '';
  let block: string | undefined;
  for (const line of readme.split('\n')) {
    if (line.startsWith('## ')) section = line.slice(3);
    if (block === undefined) {
      if (line === '```console') block = '';
    } else if (line === '```') {
      for (const part of block.split(/^\$ /m).slice(1)) {
        const [command = '', ...expected] = part.trimEnd().split('\n');
        commands.push({ section, command, expected: expected.join('\n') });
      }
      block = undefined;
    } else block += `${line}\n`;
  }
  return commands;
}

/** A pattern of the whole output, `…` standing for anything. */
export function patternOf(expected: string): RegExp {
  const parts = expected.split('…').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^\\s*${parts.join('[\\s\\S]*?')}\\s*$`);
}

/**
 * Types a command into bash, with the addresses that README names replaced; resolves with what it
 * printed.
 */
export function typed(
  command: string,
  addresses: Readonly<Record<string, string>>,
): Promise<{ output: string; exitCode: number | null }> {
  let text = command;
  for (const [from, to] of Object.entries(addresses)) text = text.replaceAll(from, to);
  return new Promise((resolve, reject) => {
    const child = spawn('bash', ['-c', text], { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.once('error', reject);
    child.once('close', (exitCode) => resolve({ output, exitCode }));
  });
}
