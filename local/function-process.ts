import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/**
 * Runs the program until it ends or standard input does, which is a pipe from us: it ends when we
 * close it and when we die, by whatever signal. The program is then asked to end (SIGTERM).
 */
const GUARD = `
exec 3<&0 </dev/null
"$@" 3<&- &
program=$!
exec 1>/dev/null 2>/dev/null
( read -r _ <&3; kill -s TERM "$program" ) &
reader=$!
wait "$program"
code=$?
kill "$reader"
exit "$code"
`;

const START_TIMEOUT_MS = 30_000;
const KEPT_LINES = 5;

export interface FunctionProcessOptions {
  readonly name: string;
  /** The function's production entry point, a file. */
  readonly script: string;
  /** Words that follow it on the command line. */
  readonly args?: readonly string[];
  /** All that it has as environment: its settings, and what any program needs. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Takes what it writes to standard output after `{"listening":PORT}`, line by line. */
  readonly onOutput?: (line: string) => void;
  /** Takes what it writes to standard error, its log, line by line, once it listens. */
  readonly onLogLine: (line: string) => void;
}

export interface FunctionProcess {
  readonly port: number;
  /** Of its process group: the function, and the shell that guards it. */
  readonly pid: number;
  /** Resolves when it has ended, with a sentence that says how. Never rejects. */
  readonly ended: Promise<string>;
  /** Ends it at once, as a crash would. */
  kill(): void;
  /** Asks it to finish what is in flight and end; after `timeoutMs` it is killed. */
  stop(timeoutMs: number): Promise<void>;
}

/**
 * Starts one function as a process of its own, which ends with this one at the latest, and waits
 * until it says on standard output where it listens: `{"listening":PORT}`. It has its own process
 * group, so that Ctrl-C reaches us alone and we decide the order in which things end.
 *
 * @throws Error with the last lines that it wrote, when it ends or is silent instead.
 */
export async function startFunctionProcess(
  options: FunctionProcessOptions,
): Promise<FunctionProcess> {
  const { name, script, args = [], environment, onLogLine } = options;
  const child = spawn('/bin/sh', ['-c', GUARD, 'sh', process.execPath, script, ...args], {
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: environment,
  });
  child.stdin.on('error', () => {}); // it has ended; `ended` says so
  const lastLines: string[] = [];
  // Held back until it listens: when it never does, the error tells them, and that is enough.
  let held: string[] | undefined = [];
  createInterface({ input: child.stderr }).on('line', (line) => {
    lastLines.push(line);
    if (lastLines.length > KEPT_LINES) lastLines.shift();
    if (held === undefined) onLogLine(line);
    else held.push(line);
  });
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(`${name} cannot be started: ${error.message}`));
    child.once('close', (code, signal) => {
      resolve(`${name} ended (${signal ?? code}) ${lastLines.join(' | ')}`.trimEnd());
    });
  });
  const kill = (): void => killGroup(child);
  try {
    const port = await listeningPort(child, options, { ended, lastLines });
    for (const line of held) onLogLine(line);
    held = undefined;
    return {
      port,
      pid: child.pid ?? 0,
      ended,
      kill,
      stop: (timeoutMs) => stop(child, ended, timeoutMs),
    };
  } catch (error) {
    kill();
    throw error;
  }
}

/** The port that the function says; the lines that follow go to `onOutput`. */
async function listeningPort(
  child: ChildProcess,
  { name, onOutput = () => {} }: FunctionProcessOptions,
  { ended, lastLines }: { ended: Promise<string>; lastLines: readonly string[] },
): Promise<number> {
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<number>((resolve, reject) => {
      timer = setTimeout(() => {
        const silence = `${name} does not listen within ${START_TIMEOUT_MS / 1000} s`;
        reject(new Error(`${silence} ${lastLines.join(' | ')}`.trimEnd()));
      }, START_TIMEOUT_MS);
      void ended.then((ending) => reject(new Error(ending)));
      if (child.stdout === null) return;
      createInterface({ input: child.stdout }).on('line', (line) => {
        const port = /^\{"listening":(\d+)/.exec(line)?.[1];
        if (port === undefined) onOutput(line);
        else resolve(Number(port));
      });
    });
  } finally {
    clearTimeout(timer);
  }
}

async function stop(child: ChildProcess, ended: Promise<string>, timeoutMs: number): Promise<void> {
  child.stdin?.end();
  const timer = setTimeout(() => killGroup(child), timeoutMs);
  await ended;
  clearTimeout(timer);
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It ended in this moment.
  }
}
