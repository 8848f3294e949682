import type { BenchOptions, BenchResult } from '../benchmark.ts';
import { startAcceptingSink } from '../parts/accepting-sink.ts';
import { bundleForBench } from '../parts/score-process.ts';
import { growthReport } from './growth-report.ts';
import { measureHotPair } from './hot-pair.ts';
import { measureManyPairs } from './many-pairs.ts';
import { measureProcesses } from './more-processes.ts';

const PAIRS = 10_000_000;
const PAIRS_SHORT = 1_000_000;
const ROUNDS = 3;

/** What more processes of score, more Redis servers, one pair and very many pairs come to. */
export async function run(options: BenchOptions): Promise<BenchResult> {
  const { log, isShort } = options;
  const rounds = options.rounds ?? ROUNDS;
  const sink = await startAcceptingSink();
  const { script, remove } = await bundleForBench('score');
  const parts = { script, sinkPort: sink.port, rounds, log };
  try {
    const processes = await measureProcesses(parts);
    const hotPair = await measureHotPair(parts);
    const manyPairs = await measureManyPairs(parts, isShort ? PAIRS_SHORT : PAIRS);
    return growthReport({ processes, hotPair, manyPairs, rounds });
  } finally {
    await sink.stop();
    await remove();
  }
}
