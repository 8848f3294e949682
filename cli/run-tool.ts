import { spawn } from 'node:child_process';
import { delimiter, dirname, join } from 'node:path';

/** The project's top folder. */
export const ROOT = dirname(import.meta.dirname);

export interface ToolRun {
  /** Exit code; 1 where a signal ended it. */
  readonly exitCode: number;
  /** Standard output and standard error as they came; empty when `isLive`. */
  readonly output: string;
  readonly seconds: number;
}

export interface ToolOptions {
  /** Write straight to this terminal instead of collecting the output. */
  readonly isLive?: boolean;
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * Runs a tool of node_modules/.bin in the project's top folder, on the Node that runs this, and
 * resolves when it has ended, however it ended. Rejects when it cannot be started.
 */
export async function runTool(
  name: string,
  args: readonly string[],
  { isLive = false, environment = {} }: ToolOptions = {},
): Promise<ToolRun> {
  const startMs = performance.now();
  const bin = join(ROOT, 'node_modules', '.bin');
  const path = [bin, dirname(process.execPath), process.env.PATH].join(delimiter);
  const child = spawn(join(bin, name), args, {
    cwd: ROOT,
    env: { ...process.env, ...environment, PATH: path },
    stdio: isLive ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
  });
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => chunks.push(chunk));
  }
  const exitCode = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
  return {
    exitCode,
    output: Buffer.concat(chunks).toString(),
    seconds: (performance.now() - startMs) / 1000,
  };
}
