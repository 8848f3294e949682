import { join } from 'node:path';
import type { OwnRedis } from '../parts/own-redis.ts';
import { cpuUsOf, residentMbOf } from '../parts/process-cost.ts';
import { type MeasuredProcess, scoreSettingsFor, startMeasured } from '../parts/score-process.ts';
import type { RuntimeFigures, RuntimePlan, SourceKind, SourceOrder } from './runtime.ts';

export interface PipelineOptions {
  readonly plan: RuntimePlan;
  readonly kind: SourceKind;
  /** Whether the next request of a partition waits for the last one's answer. */
  readonly ordering: 'ordered' | 'unordered';
  readonly redis: OwnRedis;
  /** Score's bundle, and how many processes of it. */
  readonly score: string;
  readonly scoreProcesses: number;
}

/** What each part has cost since it started. */
export type PartCosts = Readonly<Record<'source and sink' | 'score' | 'Redis', PartCost>>;

export interface PartCost {
  readonly cpuUs: number;
  readonly residentMbPeak: number;
}

export interface Pipeline {
  readonly figures: () => Promise<RuntimeFigures>;
  readonly costs: () => Promise<PartCosts>;
  readonly stop: () => Promise<void>;
}

/** Topic → source → score → Redis, and score → sink → topic, each part a process of its own. */
export async function startPipeline(options: PipelineOptions): Promise<Pipeline> {
  const { plan, kind, ordering, redis } = options;
  const script = join(import.meta.dirname, 'runtime-main.ts');
  const runtime = await startMeasured('runtime', script, {}, [JSON.stringify(plan)]);
  const scores: MeasuredProcess[] = [];
  const ask = async (order?: SourceOrder): Promise<RuntimeFigures> => {
    const post = order && { method: 'POST', body: JSON.stringify(order) };
    const response = await fetch(`http://127.0.0.1:${runtime.port}/`, post);
    if (!response.ok) throw new Error(`runtime: ${await response.text()}`);
    return (await response.json()) as RuntimeFigures;
  };
  const stop = async (): Promise<void> => {
    await runtime.stop();
    for (const score of scores) await score.stop();
  };
  try {
    const { sinkUrl } = await ask();
    // As `./splitwatch up` has it: where the source is ours, the sink is.
    const more = { K_SINK: sinkUrl, SINK_BATCH: kind === 'batch' ? 'on' : 'off' };
    const settings = { ...scoreSettingsFor(redis.url, 0), ...more };
    for (let i = 0; i < options.scoreProcesses; i += 1) {
      scores.push(await startMeasured('score', options.score, settings));
    }
    await ask({ scoreUrls: scores.map(({ port }) => `http://127.0.0.1:${port}/`), kind, ordering });
  } catch (error) {
    await stop();
    throw error;
  }
  const costOf = async (pids: readonly number[]): Promise<PartCost> => {
    let [cpuUs, residentMbPeak] = [0, 0];
    for (const pid of pids) {
      cpuUs += await cpuUsOf(pid);
      residentMbPeak += await residentMbOf(pid, 'peak');
    }
    return { cpuUs, residentMbPeak };
  };
  return {
    figures: () => ask(),
    costs: async () => ({
      'source and sink': await costOf([runtime.pid]),
      score: await costOf(scores.map(({ pid }) => pid)),
      Redis: await costOf([redis.pid]),
    }),
    stop,
  };
}
