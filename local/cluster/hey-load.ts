import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { LoadSample } from './load-samples.ts';
import { checkTarget, type LoadTarget } from './post-load.ts';

const OUTPUT_MAX_BYTES = 512 * 1024 * 1024;

/**
 * Drives `hey`, which repeats one request: all of its transactions are one pair's, and each counts,
 * since they have no id (S3). Resolves with its answers when it has ended.
 * @throws Error with what hey says, or that it is missing.
 */
export async function heyLoad(options: {
  readonly target: LoadTarget;
  readonly forMs: number;
  readonly concurrency: number;
  readonly ratePerSecond: number;
  readonly body: string;
  readonly signal: AbortSignal;
}): Promise<readonly LoadSample[]> {
  const { target, forMs, concurrency, ratePerSecond, body, signal } = options;
  checkTarget(target);
  const args = ['-z', `${forMs}ms`, '-c', String(concurrency), '-t', '60', '-o', 'csv'];
  if (ratePerSecond > 0) args.push('-q', String(Math.max(1, ratePerSecond / concurrency)));
  if (target.host !== undefined) args.push('-host', target.host);
  if (target.token !== undefined) args.push('-H', `Authorization: Bearer ${target.token}`);
  args.push('-m', 'POST', '-T', 'application/json', '-d', body, target.url);
  try {
    const limits = { maxBuffer: OUTPUT_MAX_BYTES, timeout: forMs + 90_000, signal };
    const { stdout } = await promisify(execFile)('hey', args, limits);
    return readHeyCsv(stdout);
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    if (!isMissing) throw error;
    throw new Error('hey is missing: install it, or leave --hey out', { cause: error });
  }
}

/** hey's CSV: response-time, …, status-code, offset, all times in seconds. */
export function readHeyCsv(text: string): readonly LoadSample[] {
  const [header = '', ...rows] = text.trim().split('\n');
  const names = header.split(',');
  const at = (row: readonly string[], name: string): number =>
    Number(row[names.indexOf(name)] ?? Number.NaN);
  return rows.map((line) => {
    const row = line.split(',');
    return {
      atMs: at(row, 'offset') * 1000,
      latencyMs: at(row, 'response-time') * 1000,
      status: at(row, 'status-code'),
    };
  });
}
