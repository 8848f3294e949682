import { setTimeout as sleep } from 'node:timers/promises';
import type { TopicHistory } from '#shared/kafka/kafka-history.ts';
import type { StoredRecord, TopicWriter } from '#shared/kafka/topic.ts';
import { createRandom } from '../../functions/generate/core/random.ts';
import { percentile } from '../../local/cluster/load-samples.ts';
import type { Wire } from './latency-wire.ts';

/** A hundred accounts: few pairs enough that some are over the threshold all the time. */
const ACCOUNTS = 100;
const TICK_MS = 2;
/** For what is still on its way when the last transaction is written. */
const AFTERWARDS_MS = 3_000;

export interface Latencies {
  readonly p50Ms: number;
  readonly p90Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Frauds that were measured. */
  readonly count: number;
}

export interface LatencyOptions {
  readonly topics: TopicWriter;
  readonly history: TopicHistory;
  readonly topicIn: string;
  readonly topicOut: string;
  readonly wire: Wire;
  readonly ratePerSecond: number;
  readonly seconds: number;
  /** Not measured, but sent as well. */
  readonly warmUpSeconds: number;
}

/**
 * Writes transactions at a steady rate, then reads both topics: from the broker's time of writing a
 * transaction to its time of writing the fraud that the transaction caused.
 */
export async function measureLatencies(options: LatencyOptions): Promise<Latencies> {
  const { history, topicIn, topicOut, wire, ratePerSecond, warmUpSeconds } = options;
  await writeSteadily(options);
  await sleep(AFTERWARDS_MS);
  const writtenMs = new Map<number, number>();
  for (const record of await allOf(history, topicIn)) {
    writtenMs.set(wire.numberOf(record), record.timestampMs);
  }
  const firstNumber = ratePerSecond * warmUpSeconds;
  const latenciesMs: number[] = [];
  for (const fraud of await allOf(history, topicOut)) {
    const number = wire.causeOf(fraud);
    const sinceMs = writtenMs.get(number);
    if (sinceMs === undefined) throw new Error(`a fraud without a cause: ${fraud.value}`);
    if (number > firstNumber) latenciesMs.push(fraud.timestampMs - sinceMs);
  }
  if (latenciesMs.length === 0) throw new Error('no fraud has come');
  return summaryOf(latenciesMs);
}

async function writeSteadily(options: LatencyOptions): Promise<void> {
  const { topics, topicIn, wire, ratePerSecond, seconds, warmUpSeconds } = options;
  const random = createRandom(42);
  const count = ratePerSecond * (warmUpSeconds + seconds);
  const beganMs = performance.now();
  const writing: Promise<void>[] = [];
  let number = 0;
  while (number < count) {
    const due = Math.floor(((performance.now() - beganMs) * ratePerSecond) / 1000);
    const records = [];
    while (number < Math.min(due, count)) {
      number += 1;
      const origin = random.below(ACCOUNTS);
      const target = (origin + 1 + random.below(ACCOUNTS - 1)) % ACCOUNTS;
      const amount = random.below(10_000);
      const pair = { origin: String(origin), target: String(target) };
      records.push(wire.toRecord({ ...pair, amount, number, eventTimeMs: Date.now() }));
    }
    if (records.length > 0) writing.push(topics.write(topicIn, records));
    await sleep(TICK_MS);
  }
  await Promise.all(writing);
}

async function allOf(history: TopicHistory, topic: string): Promise<StoredRecord[]> {
  const all: StoredRecord[] = [];
  await history.read(topic, (await history.spans(topic)) ?? [], (records) => {
    all.push(...records);
  });
  return all;
}

function summaryOf(latenciesMs: readonly number[]): Latencies {
  const sorted = latenciesMs.toSorted((a, b) => a - b);
  return {
    p50Ms: percentile(sorted, 0.5),
    p90Ms: percentile(sorted, 0.9),
    p99Ms: percentile(sorted, 0.99),
    maxMs: sorted.at(-1) ?? 0,
    count: sorted.length,
  };
}
