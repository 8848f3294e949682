import { spawn } from 'node:child_process';

export interface ProgramRun {
  /** Exit code; undefined where it could not start, was killed or took too long. */
  readonly exitCode: number | undefined;
  /** Standard output and standard error as they came. */
  readonly output: string;
}

/** Runs a program to its end, without input. Never rejects. */
export async function runProgramFile(
  path: string,
  args: readonly string[],
  options: { timeoutMs: number; environment?: Readonly<Record<string, string>> },
): Promise<ProgramRun> {
  return new Promise((resolve) => {
    const child = spawn(path, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: options.timeoutMs,
      killSignal: 'SIGKILL',
      env: { ...process.env, ...options.environment },
    });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
    const end = (exitCode: number | undefined): void =>
      resolve({ exitCode, output: Buffer.concat(chunks).toString() });
    child.once('error', () => end(undefined));
    child.once('close', (code) => end(code ?? undefined));
  });
}
