import type { StoredRecord } from '#shared/kafka/topic.ts';
import type { BenchOptions, BenchResult } from '../benchmark.ts';
import { type OwnKafka, startOwnKafka } from '../parts/own-kafka.ts';
import { type Bundled, bundleForBench } from '../parts/score-process.ts';
import { type FlinkJob, provideFlink } from '../peers/provide-flink.ts';
import { drainWithFlink, type FlinkFigures } from '../peers/run-flink.ts';
import { byTurns } from '../statistics.ts';
import { type BatchCost, batchReport, SIDES, type Side } from './batch-report.ts';
import { type CheckedAlerts, checkAlerts } from './check-alerts.ts';
import { drainWithScore } from './drain-with-score.ts';
import { createExpectedAlerts } from './expected-alerts.ts';
import { seedStream } from './seed-stream.ts';

const RECORDS = 2_000_000;
const RECORDS_SHORT = 200_000;
const ROUNDS = 3;
const WRITTEN_AT_ONCE = 10_000;
const TOPIC = 'transactions';

/**
 * A topic that stands there, emptied as fast as it goes: topic → source → score → Redis → fraud
 * topic, against Flink's exact job over the same topic. What score said is held against the oracle.
 */
export async function run(options: BenchOptions): Promise<BenchResult> {
  const { log, isShort, rounds = ROUNDS } = options;
  const records = isShort ? RECORDS_SHORT : RECORDS;
  const job = await provideFlink(log, options.environment);
  const kafka = await startOwnKafka(options);
  const bundle = await bundleForBench('score');
  try {
    log(`writing ${records} records`);
    await preload(kafka, records);
    const expected = await expectedAlerts(kafka);
    log(`the oracle has ${expected.size} fraud events`);
    const checked: CheckedAlerts[] = [];
    const costs = await byTurns(SIDES, rounds, async (side, round) => {
      const cost = await drain(side, `${round}`, { kafka, bundle, job, records });
      if (side === 'score') {
        checked.push(await checkAlerts(kafka.history, fraudTopic(`${round}`), expected));
        log(JSON.stringify(checked.at(-1)));
      }
      log(`round ${round + 1} of ${rounds}: ${side} ${Math.round(cost.perSecond)} records/s`);
      return cost;
    });
    return batchReport({ costs, checked, expected: expected.size, records, rounds });
  } finally {
    await kafka.stop();
    await bundle.remove();
  }
}

const fraudTopic = (round: string): string => `fraud-${round}`;

async function preload({ topics }: OwnKafka, count: number): Promise<void> {
  await topics.ensureTopics([{ name: TOPIC, partitions: 2 }]);
  let waiting: { key: string; value: Buffer; headers: Record<string, string> }[] = [];
  for (const { key, line } of seedStream(count)) {
    waiting.push({ key, value: Buffer.from(line), headers: {} });
    if (waiting.length < WRITTEN_AT_ONCE) continue;
    await topics.write(TOPIC, waiting);
    waiting = [];
  }
  await topics.write(TOPIC, waiting);
}

async function expectedAlerts({ history }: OwnKafka): Promise<ReadonlySet<string>> {
  const expected = createExpectedAlerts({ namespace: 'default', name: TOPIC });
  const spans = (await history.spans(TOPIC)) ?? [];
  await history.read(TOPIC, spans, (records: readonly StoredRecord[]) => {
    for (const record of records) expected.add(record);
  });
  return expected.words();
}

async function drain(
  side: Side,
  round: string,
  parts: { kafka: OwnKafka; bundle: Bundled; job: FlinkJob; records: number },
): Promise<BatchCost> {
  const { kafka, bundle, job, records } = parts;
  if (side === 'score') {
    const topicOut = fraudTopic(round);
    await kafka.topics.ensureTopics([{ name: topicOut, partitions: 2 }]);
    const { brokers } = kafka;
    return drainWithScore({ brokers, topicIn: TOPIC, topicOut, records, script: bundle.script });
  }
  const topicOut = 'fraud-flink';
  await kafka.topics.ensureTopics([{ name: topicOut, partitions: 2 }]);
  const state = side === 'Flink, RocksDB' ? 'rocksdb' : 'hashmap';
  return costOf(
    await drainWithFlink({ job, state, brokers: kafka.brokers, topicIn: TOPIC, topicOut }),
    records,
  );
}

function costOf(figures: FlinkFigures, records: number): BatchCost {
  if (figures.records !== records) throw new Error(`flink read ${figures.records} records`);
  return {
    perSecond: records / figures.seconds,
    cpuUs: (1e6 * figures.cpuSeconds) / records,
    residentMb: figures.residentMbPeak,
    alerts: figures.alerts,
    parts: {},
  };
}
