import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { FlinkJob } from './provide-flink.ts';

/** Where Flink keeps state while it runs: on disk, or in the JVM's memory, lost with it. */
export type FlinkState = 'rocksdb' | 'hashmap';

export interface FlinkFigures {
  readonly records: number;
  readonly alerts: number;
  readonly unreadable: number;
  /** From the first record to the end of the job. */
  readonly seconds: number;
  /** Of the JVM's whole life. */
  readonly cpuSeconds: number;
  readonly residentMbPeak: number;
}

export interface FlinkOptions {
  readonly job: FlinkJob;
  readonly state: FlinkState;
  readonly brokers: string;
  readonly topicIn: string;
  readonly topicOut: string;
}

const PACKAGES = [
  ...['java.lang', 'java.lang.reflect', 'java.util', 'java.util.concurrent', 'java.net', 'java.io'],
  ...['java.util.concurrent.atomic', 'java.util.concurrent.locks', 'java.nio', 'java.text'],
  ...['java.time', 'sun.nio.ch'],
];
const OPTIONS = [
  ...['-Xms2g', '-Xmx2g', '-Dorg.slf4j.simpleLogger.defaultLogLevel=error'],
  ...PACKAGES.map((name) => `--add-opens=java.base/${name}=ALL-UNNAMED`),
];

/** Runs the job over all that stands in the topic now. */
export async function drainWithFlink(options: FlinkOptions): Promise<FlinkFigures> {
  const { child, lines } = start(options, ['bounded=true']);
  let figures: FlinkFigures | undefined;
  for await (const line of lines) {
    if (line.includes('"records"')) figures = JSON.parse(line) as FlinkFigures;
  }
  await ended(child);
  await removeCheckpoints(options.job);
  if (figures === undefined) throw new Error('flink ended without its figures');
  return figures;
}

/** Runs the job on what comes from now on, until stopped. `bufferMs` bounds waiting on its way. */
export function followWithFlink(options: FlinkOptions & { readonly bufferMs: number }): {
  readonly stop: () => Promise<void>;
} {
  const { child, lines } = start(options, ['bounded=false', `buffer=${options.bufferMs}`]);
  lines.on('line', () => {});
  return {
    stop: async () => {
      child.kill('SIGTERM');
      await ended(child);
      await removeCheckpoints(options.job);
    },
  };
}

function start({ job, state, brokers, topicIn, topicOut }: FlinkOptions, more: readonly string[]) {
  const named = { bootstrap: brokers, in: topicIn, out: topicOut, state, dir: job.folder };
  const args = Object.entries(named).map(([name, value]) => `${name}=${value}`);
  const all = [...OPTIONS, '-cp', job.classPath, 'bench.Job', ...args, ...more];
  const child = spawn('java', all, { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stderr.resume();
  const endWithUs = (): void => void child.kill('SIGKILL');
  process.once('exit', endWithUs);
  child.once('exit', () => process.removeListener('exit', endWithUs));
  return { child, lines: createInterface({ input: child.stdout }) };
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}

function removeCheckpoints({ folder }: FlinkJob): Promise<void> {
  return rm(folder, { recursive: true, force: true });
}
