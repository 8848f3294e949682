import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type FunctionProcess, startFunctionProcess } from '../../local/function-process.ts';
import { writeAppFolder } from '../../local/image/app-folder.ts';
import { BUNDLE_MAIN, bundleFunction, type FunctionName } from '../../local/image/bundle.ts';
import { programIn } from './process-cost.ts';

/** A program of ours that listens, and the process whose cost is looked at. */
export interface MeasuredProcess {
  readonly port: number;
  readonly pid: number;
  readonly stop: () => Promise<void>;
}

export interface Bundled {
  /** The file that `node` runs: what the image holds. */
  readonly script: string;
  readonly remove: () => Promise<void>;
}

const STOP_TIMEOUT_MS = 10_000;

/** The function as production runs it: one file. */
export async function bundleForBench(functionName: FunctionName): Promise<Bundled> {
  const folder = await mkdtemp(join(tmpdir(), 'splitwatch-bench-'));
  const root = dirname(dirname(import.meta.dirname));
  const app = join(folder, 'app');
  await writeAppFolder(app, await bundleFunction({ functionName, root }), '');
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  return { script: join(app, BUNDLE_MAIN), remove };
}

/** Starts a program that says `{"listening":PORT}`, on loopback and a free port. */
export async function startMeasured(
  name: string,
  script: string,
  settings: Readonly<Record<string, string>> = {},
  args: readonly string[] = [],
): Promise<MeasuredProcess> {
  const { PATH, HOME } = process.env;
  let running: FunctionProcess | undefined;
  running = await startFunctionProcess({
    ...{ name, script, args },
    environment: { PATH, HOME, PORT: '0', HOST: '127.0.0.1', ...settings },
    onLogLine: () => {},
  });
  const { port } = running;
  const stop = (): Promise<void> => (running as FunctionProcess).stop(STOP_TIMEOUT_MS);
  return { port, pid: await programIn(running.pid), stop };
}

/**
 * Score's settings for a benchmark: all defaults, but event times may be any, and on a busy machine
 * nothing is given up that would only take longer.
 */
export function scoreSettingsFor(redisUrl: string, sinkPort: number): Record<string, string> {
  return {
    REDIS_URL: redisUrl,
    K_SINK: `http://127.0.0.1:${sinkPort}/`,
    MAX_FUTURE_MS: '0',
    DRAIN_MS: '0',
    STORE_TIMEOUT_MS: '30000',
    SINK_TIMEOUT_MS: '30000',
    REQUEST_TIMEOUT_MS: '60000',
  };
}
