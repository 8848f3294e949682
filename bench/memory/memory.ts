import type { BenchOptions, BenchResult } from '../benchmark.ts';
import { startAcceptingSink } from '../parts/accepting-sink.ts';
import { startOwnRedis } from '../parts/own-redis.ts';
import { bundleForBench, scoreSettingsFor, startMeasured } from '../parts/score-process.ts';
import { measureBytes } from './bytes.ts';
import { measureCosts } from './cost-curve.ts';
import { bytesTable, costChart, costTable, ratiosOf } from './memory-report.ts';

/** What a transaction takes and costs in Redis, by how many of its pair's a window holds. */
export async function run(options: BenchOptions): Promise<BenchResult> {
  const redis = await startOwnRedis({ hasFile: false });
  const sink = await startAcceptingSink();
  const bundle = await bundleForBench('score');
  // Receipts are of the journal: what they take is bounded by time, not by what is retained.
  const settings = { ...scoreSettingsFor(redis.url, sink.port), RECEIPTS_MS: '0' };
  const score = await startMeasured('score', bundle.script, settings);
  try {
    const bytes = await measureBytes(options, redis, score);
    const costs = options.isShort ? [] : await measureCosts(options, redis, score);
    const charts =
      costs.length === 0 ? [] : [{ file: 'cost-by-window.svg', svg: costChart(costs) }];
    return {
      summary: 'Through score, in batches; a pair keeps three windows (2 W + allowed lateness)',
      tables: [bytesTable(bytes), ...(costs.length === 0 ? [] : [costTable(costs)])],
      ratios: ratiosOf(bytes, costs),
      charts,
    };
  } finally {
    await score.stop();
    await sink.stop();
    await redis.stop();
    await bundle.remove();
  }
}
