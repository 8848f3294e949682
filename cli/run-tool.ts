import { delimiter, dirname, join } from 'node:path';
import { runProgramFile } from '../local/services/run-program.ts';

/** The project's top folder. */
export const ROOT = dirname(import.meta.dirname);

export interface ToolRun {
  readonly isGood: boolean;
  /** Standard output and standard error as they came; empty when `isLive`. */
  readonly output: string;
  readonly seconds: number;
}

/**
 * Runs a tool of node_modules/.bin in the project's top folder, on the Node that runs this, and
 * resolves when it has ended, however it ended; it ends with us at the latest. Never rejects.
 */
export async function runTool(
  name: string,
  args: readonly string[],
  options: { isLive?: boolean; environment?: Readonly<Record<string, string>> } = {},
): Promise<ToolRun> {
  const startMs = performance.now();
  const bin = join(ROOT, 'node_modules', '.bin');
  const path = [bin, dirname(process.execPath), process.env.PATH].join(delimiter);
  const { exitCode, output } = await runProgramFile(join(bin, name), args, {
    ...options,
    folder: ROOT,
    hasOwnGroup: true,
    environment: { ...options.environment, PATH: path },
  });
  return { isGood: exitCode === 0, output, seconds: (performance.now() - startMs) / 1000 };
}
