import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Standard error is kept up to this many characters, for the reason when it ends too early. */
const KEPT_CHARACTERS = 8_000;
/** How long a process may take to end after it was asked to. */
const STOP_TIMEOUT_MS = 15_000;

/**
 * Waits for the program, and at the same time for the end of standard input, which is a pipe from
 * us: it ends when we close it and when we die, by whatever signal. The program is then ended with
 * signal $1; when it has ended, folder $2 is removed. So nothing is left behind by a crash. The
 * shell gives its own standard error up: a word about the ended program would end it too, with
 * nobody there to read it.
 */
const GUARD = `
exec 3<&0 </dev/null
signal=$1 folder=$2
shift 2
"$@" 3<&- &
program=$!
exec 2>/dev/null
( read -r _ <&3; kill -s "$signal" "$program" ) &
reader=$!
wait "$program"
code=$?
kill "$reader"
rm -rf "$folder"
exit "$code"
`;

export interface GuardedProcess {
  /** Of its process group: the program, and the shell that guards it. */
  readonly pid: number;
  /** Undefined while it runs, else a sentence that says how it ended. */
  readonly ending: () => string | undefined;
  /** Resolves when it has ended, whatever ended it. */
  readonly ended: Promise<void>;
  /** Ends it and removes its folder. Resolves when both are gone. Safe to call twice. */
  readonly stop: () => Promise<void>;
}

export interface GuardedOptions {
  /** For error messages. */
  readonly name: string;
  readonly command: readonly [program: string, ...args: string[]];
  /** Removed when the process has ended, whatever ended it. */
  readonly folder: string;
  /** KILL for what keeps nothing; TERM for what has to end in order. */
  readonly signal: 'TERM' | 'KILL';
}

/** A new empty folder of our own under the system's folder for temporary files. */
export function makeTemporaryFolder(name: string): Promise<string> {
  return mkdtemp(join(tmpdir(), `splitwatch-${name}-`));
}

/**
 * Starts a program that ends with this process at the latest. It has its own process group, so that
 * Ctrl-C in the terminal reaches us alone and we decide the order in which things end.
 */
export function startGuarded(options: GuardedOptions): GuardedProcess {
  const { name, command, folder, signal } = options;
  const child = spawn('/bin/sh', ['-c', GUARD, 'sh', signal, folder, ...command], {
    detached: true,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  child.stdin.on('error', () => {}); // it has ended; `ending` says so
  let written = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    written = (written + text).slice(-KEPT_CHARACTERS);
  });
  let ending: string | undefined;
  const closed = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      ending = `${name} cannot be started: ${error.message}`;
      resolve();
    });
    child.once('close', (code, killedBy) => {
      ending ??= `${name} ended (${killedBy ?? code}) ${lastLines(written)}`.trimEnd();
      resolve();
    });
  });
  let stopping: Promise<void> | undefined;
  return {
    pid: child.pid ?? 0,
    ending: () => ending,
    ended: closed,
    stop: () => {
      stopping ??= stopGuard(child, closed, folder);
      return stopping;
    },
  };
}

async function stopGuard(
  child: ChildProcess,
  closed: Promise<void>,
  folder: string,
): Promise<void> {
  child.stdin?.end();
  const timer = setTimeout(() => killGroup(child), STOP_TIMEOUT_MS);
  await closed;
  clearTimeout(timer);
  await rm(folder, { recursive: true, force: true });
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It ended in this moment.
  }
}

function lastLines(text: string): string {
  return text.trim().split('\n').slice(-3).join(' | ');
}
