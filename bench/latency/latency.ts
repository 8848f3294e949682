import { createLog } from '#shared/log.ts';
import type { BenchOptions, BenchResult, Ratio } from '../benchmark.ts';
import { type OwnKafka, startOwnKafka } from '../parts/own-kafka.ts';
import { startOwnRedis } from '../parts/own-redis.ts';
import { type Bundled, bundleForBench } from '../parts/score-process.ts';
import { type FlinkJob, provideFlink } from '../peers/provide-flink.ts';
import { type FlinkState, followWithFlink } from '../peers/run-flink.ts';
import { startPipeline } from '../pipeline/start-pipeline.ts';
import { byTurns, median } from '../statistics.ts';
import { EVENTS, LINES, type Wire } from './latency-wire.ts';
import { type Latencies, measureLatencies } from './measure-latencies.ts';
import { makeStampedTopics } from './stamped-topics.ts';

/**
 * From a transaction written to the topic to its fraud in the other topic, at a steady thousand a
 * second, one transaction a request, as with Knative's KafkaSource; and the same of Flink's job.
 */
const SIDES = ['score', 'Flink, heap', 'Flink, RocksDB'] as const;
type Side = (typeof SIDES)[number];

const ROUNDS = 3;
const PER_SECOND = 1000;
const SECONDS = 20;
const WARM_UP_SECONDS = 8;
const P50_AIM_MS = 5;
const P99_AIM_MS = 25;
/** Flink lets a record wait so long for others before it goes on: its own default. */
const FLINK_BUFFER_MS = 100;

interface Parts {
  readonly kafka: OwnKafka;
  readonly bundle: Bundled;
  readonly job: FlinkJob;
}

export async function run(options: BenchOptions): Promise<BenchResult> {
  const { log, rounds = ROUNDS } = options;
  const job = await provideFlink(log, options.environment);
  const kafka = await startOwnKafka(options);
  const bundle = await bundleForBench('score');
  try {
    const found = await byTurns(SIDES, rounds, async (side, round) => {
      const one = await measureSide(side, `${SIDES.indexOf(side)}-${round}`, {
        kafka,
        bundle,
        job,
      });
      log(`round ${round + 1} of ${rounds}: ${side} p50 ${one.p50Ms} ms, p99 ${one.p99Ms} ms`);
      return one;
    });
    return report(found, rounds);
  } finally {
    await kafka.stop();
    await bundle.remove();
  }
}

async function measureSide(side: Side, name: string, parts: Parts): Promise<Latencies> {
  const topics = { topicIn: `transactions-${name}`, topicOut: `fraud-${name}` };
  const { brokers, topics: writer, history } = parts.kafka;
  const log = createLog('bench', 'error');
  await makeStampedTopics({ brokers: [brokers], log }, Object.values(topics));
  const started = await startSide(side, topics, parts);
  const wire: Wire = side === 'score' ? EVENTS : LINES;
  try {
    return await measureLatencies({
      ...{ ...topics, topics: writer, history, wire, ratePerSecond: PER_SECOND },
      ...{ seconds: SECONDS, warmUpSeconds: WARM_UP_SECONDS },
    });
  } finally {
    await started.stop();
  }
}

async function startSide(
  side: Side,
  topics: { readonly topicIn: string; readonly topicOut: string },
  { kafka: { brokers }, bundle, job }: Parts,
): Promise<{ readonly stop: () => Promise<void> }> {
  if (side !== 'score') {
    const state: FlinkState = side === 'Flink, heap' ? 'hashmap' : 'rocksdb';
    return followWithFlink({ ...topics, job, state, brokers, bufferMs: FLINK_BUFFER_MS });
  }
  const redis = await startOwnRedis({ hasFile: true });
  const plan = { ...topics, brokers: [brokers], group: topics.topicIn };
  const pipeline = await startPipeline({
    ...{ plan, redis, kind: 'single', ordering: 'unordered' },
    ...{ score: bundle.script, scoreProcesses: 1 },
  });
  return {
    stop: async () => {
      await pipeline.stop();
      await redis.stop();
    },
  };
}

function report(found: Readonly<Record<Side, readonly Latencies[]>>, rounds: number): BenchResult {
  const of = (side: Side, what: keyof Latencies): number =>
    median(found[side].map((one) => one[what]));
  const ratio = (side: Side, aim?: number): Ratio => ({
    name: `p99 of ${side} ÷ score`,
    value: of(side, 'p99Ms') / of('score', 'p99Ms'),
    ...(aim !== undefined && { aim }),
  });
  const own = { aim: 1, isOfMachine: true } as const;
  return {
    summary:
      `Transaction in the topic to fraud in the topic, ${PER_SECOND} transactions a second, ` +
      `medians of ${rounds} rounds of ${SECONDS} s`,
    tables: [
      {
        head: ['', 'p50, ms', 'p90, ms', 'p99, ms', 'max, ms', 'fraud events'],
        rows: SIDES.map((side) => [
          side === 'score' ? 'source, score, Redis (AOF everysec), sink' : side,
          ...(['p50Ms', 'p90Ms', 'p99Ms', 'maxMs', 'count'] as const).map((what) =>
            of(side, what).toFixed(0),
          ),
        ]),
      },
    ],
    ratios: [
      { name: `${P50_AIM_MS} ms ÷ p50`, value: P50_AIM_MS / of('score', 'p50Ms'), ...own },
      { name: `${P99_AIM_MS} ms ÷ p99`, value: P99_AIM_MS / of('score', 'p99Ms'), ...own },
      ratio('Flink, heap', 5),
      ratio('Flink, RocksDB', 5),
    ],
    charts: [],
  };
}
