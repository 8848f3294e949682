import { spawn } from 'node:child_process';
import { endsWithUs } from './ends-with-us.ts';

export interface ProgramRun {
  /** Exit code; undefined where it could not start, was killed or took too long. */
  readonly exitCode: number | undefined;
  /** Standard output and standard error as they came; empty when `isLive`. */
  readonly output: string;
}

export interface ProgramOptions {
  /** Then it is killed. Default: it may take any time. */
  readonly timeoutMs?: number;
  /** On top of our own environment. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Folder to run in; default ours. */
  readonly folder?: string;
  /** It writes straight to our terminal instead of into `output`. */
  readonly isLive?: boolean;
  /** It and what it starts end when we do, by whatever signal but SIGKILL. */
  readonly hasOwnGroup?: boolean;
}

/** Runs a program to its end, without input. Never rejects. */
export function runProgramFile(
  path: string,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<ProgramRun> {
  const { timeoutMs, environment, folder, isLive = false, hasOwnGroup = false } = options;
  return new Promise((resolve) => {
    const child = spawn(path, args, {
      stdio: ['ignore', isLive ? 'inherit' : 'pipe', isLive ? 'inherit' : 'pipe'],
      ...(timeoutMs !== undefined && { timeout: timeoutMs, killSignal: 'SIGKILL' }),
      ...(folder !== undefined && { cwd: folder }),
      ...(hasOwnGroup && { detached: true }),
      env: { ...process.env, ...environment },
    });
    const chunks: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => chunks.push(chunk));
    }
    const forget = hasOwnGroup && child.pid !== undefined ? endsWithUs(child.pid) : () => {};
    child.once('close', forget);
    child.once('error', (error) => resolve({ exitCode: undefined, output: error.message }));
    child.once('close', (code) =>
      resolve({ exitCode: code ?? undefined, output: Buffer.concat(chunks).toString() }),
    );
  });
}
