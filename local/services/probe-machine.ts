import { access, constants } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import type { Machine } from './choose-part.ts';
import { JAVA_MIN_VERSION, PARTS, type PartName } from './parts.ts';
import { runProgramFile } from './run-program.ts';

const PROBE_TIMEOUT_MS = 15_000;

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Looks at this machine for the named parts; parts that were not asked for are not looked for.
 * Starts each candidate once (`--version`), since a file in the PATH may be a stub: macOS has one
 * for Java, Ubuntu one for Chromium. Never rejects.
 */
export async function probeMachine(
  names: readonly PartName[],
  environment: Environment = process.env,
): Promise<Machine> {
  const given: Partial<Record<PartName, string>> = {};
  const programs: Partial<Record<PartName, string>> = {};
  for (const name of names) {
    const value = environment[PARTS[name].variable];
    if (value) given[name] = value;
  }
  const missing = names.filter((name) => given[name] === undefined);
  await Promise.all(
    missing.map(async (name) => {
      const path = await findProgram(name, environment);
      if (path !== undefined) programs[name] = path;
    }),
  );
  const mayNeedDocker = missing.some((name) => programs[name] === undefined && PARTS[name].image);
  return {
    platform: process.platform,
    given,
    programs,
    hasDocker: mayNeedDocker && (await answers('docker', ['info', '--format', '{{.ID}}'])),
    canInstall: process.getuid?.() === 0 && (await inPath('apt-get', environment)) !== undefined,
  };
}

/** The first program of the part that is installed and works. */
export async function findProgram(
  name: PartName,
  environment: Environment = process.env,
): Promise<string | undefined> {
  const home = environment.JAVA_HOME;
  const names = PARTS[name].programs;
  const candidates = name === 'kafka' && home ? [join(home, 'bin', 'java'), ...names] : names;
  for (const candidate of candidates) {
    const path = await inPath(candidate, environment);
    if (path !== undefined && (await isUsable(name, path))) return path;
  }
  return undefined;
}

async function isUsable(name: PartName, path: string): Promise<boolean> {
  if (name === 'hey') return true; // it has no --version
  if (name === 'helm' || name === 'kn') return answers(path, ['version']);
  if (name !== 'kafka') return answers(path, ['--version']);
  const { exitCode, output } = await runProgramFile(path, ['-version'], {
    timeoutMs: PROBE_TIMEOUT_MS,
  });
  return exitCode === 0 && javaVersion(output) >= JAVA_MIN_VERSION;
}

/**
 * The major version in what `java -version` writes: 8 for `1.8.0_292`, 17 for `17.0.15`; else 0.
 */
export function javaVersion(output: string): number {
  const match = /version "(?:1\.)?(\d+)/.exec(output);
  return Number(match?.[1] ?? 0);
}

async function answers(path: string, args: readonly string[]): Promise<boolean> {
  const { exitCode } = await runProgramFile(path, args, { timeoutMs: PROBE_TIMEOUT_MS });
  return exitCode === 0;
}

async function inPath(program: string, environment: Environment): Promise<string | undefined> {
  const folders = isAbsolute(program) ? [''] : (environment.PATH ?? '').split(delimiter);
  for (const folder of folders) {
    const path = folder === '' ? program : join(folder, program);
    if (!isAbsolute(path)) continue;
    try {
      await access(path, constants.X_OK);
      return path;
    } catch {
      // Not here; the next folder may have it.
    }
  }
  return undefined;
}
