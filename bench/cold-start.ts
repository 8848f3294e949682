/**
 * How long score takes from the start of its process until it listens, and which part takes what:
 *
 *   node bench/cold-start.ts [--runs 20] [--redis redis://127.0.0.1:6379] [--json]
 *
 * It starts the bundle that the image holds, by turns with and without its compile cache, and
 * prints medians. Without --redis the embedded store is used, and nothing is connected to.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { compileCacheEntries, writeAppFolder } from '../local/image/app-folder.ts';
import { bundleFunction } from '../local/image/bundle.ts';

const PARTS = ['boot', 'load', 'connect', 'listen', 'total', 'cpu'] as const;
type Start = Readonly<Record<(typeof PARTS)[number], number>>;

const ABOUT: Readonly<Record<(typeof PARTS)[number], string>> = {
  boot: 'Node itself, until the first line of the program',
  load: 'settings, log and the Redis client loaded',
  connect: 'Redis answered, and the rest loaded meanwhile',
  listen: 'the port open',
  total: 'from spawn to the line that says so, seen from outside',
  cpu: "of it, the main thread's time on a core",
};

interface Report {
  readonly runs: number;
  readonly node: string;
  readonly cores: number;
  readonly redis: boolean;
  readonly loadBefore: number;
  readonly with: Start;
  readonly without: Start;
}

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '20' },
    redis: { type: 'string', default: 'memory:' },
    json: { type: 'boolean', default: false },
  },
});
const folder = await mkdtemp(join(tmpdir(), 'splitwatch-cold-start-'));
try {
  await main(join(folder, 'app'), Number(values.runs));
} finally {
  await rm(folder, { recursive: true });
}

async function main(app: string, runs: number): Promise<void> {
  const root = dirname(import.meta.dirname);
  await writeAppFolder(app, await bundleFunction({ functionName: 'score', root }), '');
  await compileCacheEntries(app, process.execPath);
  const cache = join(app, 'compile-cache');
  await giveToMe(cache);
  const loadBefore = loadavg()[0] ?? 0;
  const starts: Record<'with' | 'without', Start[]> = { with: [], without: [] };
  for (let run = 0; run < runs; run += 1) {
    starts.with.push(await startOnce(app, { NODE_COMPILE_CACHE: cache }));
    starts.without.push(await startOnce(app, {}));
  }
  const cores = availableParallelism();
  const report: Report = {
    ...{ runs, node: process.version, cores, redis: values.redis !== 'memory:' },
    ...{ loadBefore, with: medians(starts.with), without: medians(starts.without) },
  };
  process.stdout.write(values.json ? `${JSON.stringify(report)}\n` : table(report));
}

/** The cache is made for the image's user; Node looks for one of the user who runs it. */
async function giveToMe(cache: string): Promise<void> {
  for (const name of await readdir(cache)) {
    const mine = name.replace(/-\d+$/, `-${process.getuid?.() ?? 0}`);
    await rename(join(cache, name), join(cache, mine));
  }
}

async function startOnce(app: string, environment: Record<string, string>): Promise<Start> {
  const beganMs = performance.now();
  const child = spawn(process.execPath, [join(app, 'main.cjs')], {
    env: {
      ...environment,
      ...{ NODE_COMPILE_CACHE_PORTABLE: '1', PORT: '0', HOST: '127.0.0.1' },
      ...{ K_SINK: 'http://127.0.0.1:9/', REDIS_URL: values.redis },
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const logged = once(createInterface(child.stderr), 'line');
  await once(createInterface(child.stdout), 'line');
  const total = performance.now() - beganMs;
  const cpu = await mainThreadMs(child);
  const [line] = await logged;
  const { startMs } = JSON.parse(String(line)) as { startMs: Omit<Start, 'total' | 'cpu'> };
  const exit = once(child, 'exit');
  child.kill('SIGINT');
  await exit;
  return { ...startMs, total, cpu };
}

/** Linux counts it in nanoseconds; 0 elsewhere. */
async function mainThreadMs({ pid }: ChildProcess): Promise<number> {
  const text = await readFile(`/proc/${pid}/schedstat`, 'utf8').catch(() => '0');
  return Number(text.split(' ')[0]) / 1e6;
}

function medians(starts: readonly Start[]): Start {
  const of = (part: (typeof PARTS)[number]): number => {
    const sorted = starts.map((start) => start[part]).sort((a, b) => a - b);
    return Math.round(sorted[Math.floor(sorted.length / 2)] ?? 0);
  };
  return Object.fromEntries(PARTS.map((part) => [part, of(part)])) as unknown as Start;
}

function table(report: Report): string {
  const { runs, node, cores, redis, loadBefore } = report;
  const busy = loadBefore > 0.3 * cores ? ': BUSY, so these are too high' : '';
  const rows = PARTS.map((part) => {
    const [cached, plain] = [report.with[part], report.without[part]];
    return `| ${part} | ${cached} | ${plain} | ${ABOUT[part]} |`;
  });
  return [
    `Node ${node}, median of ${runs}, ${redis ? 'a Redis' : 'the embedded store'}; load average`,
    `before: ${loadBefore.toFixed(1)} on ${cores} cores${busy}`,
    '',
    '| part | ms, compile cache | ms, without | what |',
    '| --- | ---: | ---: | --- |',
    ...rows,
    '',
  ].join('\n');
}
