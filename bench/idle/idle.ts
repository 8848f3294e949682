import { setTimeout as sleep } from 'node:timers/promises';
import type { FunctionName } from '../../local/image/bundle.ts';
import type { BenchOptions, BenchResult } from '../benchmark.ts';
import { startHttpLoad } from '../load/http-load.ts';
import { startAcceptingSink } from '../parts/accepting-sink.ts';
import { startOwnRedis } from '../parts/own-redis.ts';
import { residentMbOf } from '../parts/process-cost.ts';
import { bundleForBench, scoreSettingsFor, startMeasured } from '../parts/score-process.ts';
import { median } from '../statistics.ts';

const NAMES = ['score', 'notify', 'generate'] as const satisfies readonly FunctionName[];
const RESIDENT_AIM_MB = 70;
const ROUNDS = 5;
const REQUESTS = 200;
const QUIET_MS = 1_000;

interface Idle {
  readonly residentMb: number;
  /** From the start of the process to its word that it listens. */
  readonly startMs: number;
}

/** What a function holds that does next to nothing, and how soon it does something. */
export async function run({ rounds = ROUNDS, log }: BenchOptions): Promise<BenchResult> {
  const redis = await startOwnRedis({ hasFile: false });
  const sink = await startAcceptingSink();
  try {
    const found = new Map<FunctionName, Idle>();
    for (const name of NAMES) {
      const settings = {
        ...scoreSettingsFor(redis.url, sink.port),
        ...(name === 'generate' && { KAFKA_BROKERS: '127.0.0.1:9', RATE: '0' }),
      };
      found.set(name, await measure(name, settings, rounds));
      log(`${name}: ${found.get(name)?.residentMb.toFixed(1)} MB`);
    }
    return report(found, rounds);
  } finally {
    await sink.stop();
    await redis.stop();
  }
}

async function measure(
  name: FunctionName,
  settings: Readonly<Record<string, string>>,
  rounds: number,
): Promise<Idle> {
  const { script, remove } = await bundleForBench(name);
  const load = startHttpLoad();
  const residents: number[] = [];
  const starts: number[] = [];
  try {
    for (let round = 0; round < rounds; round += 1) {
      const beganMs = performance.now();
      const running = await startMeasured(name, script, settings);
      starts.push(performance.now() - beganMs);
      await someTraffic(name, running.port, round, load);
      await sleep(QUIET_MS);
      residents.push(await residentMbOf(running.pid, 'now'));
      await running.stop();
    }
  } finally {
    await load.stop();
    await remove();
  }
  return { residentMb: median(residents), startMs: median(starts) };
}

/** Score takes transactions; the others are asked whether they are well. */
async function someTraffic(
  name: FunctionName,
  port: number,
  round: number,
  load: ReturnType<typeof startHttpLoad>,
): Promise<void> {
  if (name === 'score') {
    const traffic = { run: `idle ${round}`, pairs: 50, stepMs: 50 };
    await load.run({ port, requests: REQUESTS, inFlight: 4, traffic }, 204);
    return;
  }
  for (let i = 0; i < REQUESTS; i += 1) {
    await (await fetch(`http://127.0.0.1:${port}/healthz`)).arrayBuffer();
  }
}

function report(found: ReadonlyMap<FunctionName, Idle>, rounds: number): BenchResult {
  return {
    summary: `After a start and ${REQUESTS} requests; medians of ${rounds} starts`,
    tables: [
      {
        head: ['function', 'resident, MB', 'start to listening, ms, without a compile cache'],
        rows: [...found].map(([name, { residentMb, startMs }]) => [
          ...[name, residentMb.toFixed(1), startMs.toFixed(0)],
        ]),
      },
    ],
    ratios: [...found].map(([name, { residentMb }]) => ({
      ...{ name: `${RESIDENT_AIM_MB} MB ÷ ${name}`, aim: 1, value: RESIDENT_AIM_MB / residentMb },
    })),
    charts: [],
  };
}
