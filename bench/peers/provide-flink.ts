import { createHash } from 'node:crypto';
import { access, copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { runProgramFile } from '../../local/services/run-program.ts';

const JOB = join(import.meta.dirname, 'flink');
const SOURCES = join(JOB, 'src', 'bench');

export interface FlinkJob {
  /** For `java -cp`. */
  readonly classPath: string;
  /** Where it may keep checkpoints, which are of no use afterwards. */
  readonly folder: string;
}

/**
 * Flink and the job, compiled: jars come from Maven Central once (130 MB), by Maven, into the
 * user's cache; the job is compiled again when its sources have changed.
 *
 * @throws Error, one line that says what to install, when Maven or a JDK is missing.
 */
export async function provideFlink(
  log: (line: string) => void,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<FlinkJob> {
  const cache = environment.XDG_CACHE_HOME || join(homedir(), '.cache');
  const folder = join(cache, 'splitwatch', 'flink');
  const jars = join(folder, `jars-${await digestOf([join(JOB, 'pom.xml')])}`);
  const names = (await readdir(SOURCES)).sort().map((name) => join(SOURCES, name));
  const classes = join(folder, `classes-${await digestOf(names)}`);
  await whenMissing(jars, async () => {
    log('flink: downloading Flink with Maven (130 MB, once)');
    await mkdir(folder, { recursive: true });
    await copyFile(join(JOB, 'pom.xml'), join(folder, 'pom.xml'));
    const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime'];
    const args = ['-q', '-B', '-f', join(folder, 'pom.xml'), ...goal, `-DoutputDirectory=${jars}`];
    await runTool('mvn', args, 'apt-get install maven');
  });
  await whenMissing(classes, async () => {
    const args = ['-cp', join(jars, '*'), '-d', classes, ...names];
    await runTool('javac', args, 'apt-get install openjdk-17-jdk-headless');
  });
  return { classPath: `${classes}:${join(jars, '*')}`, folder: join(folder, 'checkpoints') };
}

/** Makes the folder by `make` unless an earlier time has come to its end. */
async function whenMissing(folder: string, make: () => Promise<void>): Promise<void> {
  const whole = join(folder, '.whole');
  const isThere = await access(whole).then(
    () => true,
    () => false,
  );
  if (isThere) return;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await make();
  await writeFile(whole, '');
}

async function runTool(name: string, args: readonly string[], install: string): Promise<void> {
  const { exitCode, output } = await runProgramFile(name, args);
  if (exitCode === 0) return;
  if (exitCode === undefined) throw new Error(`${name} is missing: ${install}`);
  throw new Error(`${name} failed: ${output.trim().split('\n').slice(-3).join(' | ')}`);
}

async function digestOf(files: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const file of files) hash.update(await readFile(file));
  return hash.digest('hex').slice(0, 12);
}
