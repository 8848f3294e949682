import { setTimeout as sleep } from 'node:timers/promises';
import { startOwnRedis } from '../parts/own-redis.ts';
import { startPipeline } from '../pipeline/start-pipeline.ts';
import type { BatchCost } from './batch-report.ts';

const LOOK_EVERY_MS = 100;
/** Nothing settled for so long: it will not come to an end. */
const STUCK_MS = 60_000;

/** Empties the topic through score, on a Redis of its own, from the start of all processes on. */
export async function drainWithScore(options: {
  readonly brokers: string;
  readonly topicIn: string;
  readonly topicOut: string;
  readonly records: number;
  readonly script: string;
}): Promise<BatchCost> {
  const { brokers, topicIn, topicOut, records, script } = options;
  const redis = await startOwnRedis({ hasFile: true });
  const group = `bench-${topicOut}`;
  const pipeline = await startPipeline({
    plan: { brokers: [brokers], topicIn, topicOut, group },
    ...{ kind: 'batch', ordering: 'ordered', redis, score: script, scoreProcesses: 1 },
  });
  try {
    let seen = 0;
    let seenMs = performance.now();
    for (;;) {
      const { settled, delivered, firstMs, nowMs } = await pipeline.figures();
      if (settled >= records) {
        if (delivered < records) throw new Error(`only ${delivered} records were delivered`);
        return costOf(await pipeline.costs(), records, (nowMs - firstMs) / 1000);
      }
      if (settled > seen) [seen, seenMs] = [settled, performance.now()];
      if (performance.now() - seenMs > STUCK_MS) throw new Error(`stuck at ${settled} records`);
      await sleep(LOOK_EVERY_MS);
    }
  } finally {
    await pipeline.stop();
    await redis.stop();
  }
}

function costOf(
  costs: Awaited<ReturnType<Awaited<ReturnType<typeof startPipeline>>['costs']>>,
  records: number,
  seconds: number,
): BatchCost {
  const parts = Object.fromEntries(
    Object.entries(costs).map(([name, { cpuUs }]) => [name, cpuUs / records]),
  );
  const all = Object.values(costs);
  return {
    perSecond: records / seconds,
    cpuUs: all.reduce((sum, { cpuUs }) => sum + cpuUs, 0) / records,
    residentMb: all.reduce((sum, { residentMbPeak }) => sum + residentMbPeak, 0),
    alerts: 0,
    parts,
  };
}
