import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { encodeTransactionRecord } from '#shared/events/transaction-event.ts';
import { createKafkaGroups } from '#shared/kafka/kafka-groups.ts';
import { createKafkaTopics } from '#shared/kafka/kafka-topics.ts';
import type { TopicRecord } from '#shared/kafka/topic.ts';
import { createLog } from '#shared/log.ts';
import { traffic } from '../functions/generate/core/traffic.ts';
import { openCluster } from '../local/cluster/kube-cluster.ts';
import { podsOfSource } from '../local/cluster/pods-of.ts';
import { runProgramFile } from '../local/services/run-program.ts';
import { thisMachine } from './machine.ts';
import { median } from './statistics.ts';

/**
 * How fast a topic is emptied on a cluster, one POST a record and in batches: the same records, the
 * same deployment but for `source.kind`, one after the other. See bench/README.md.
 */
const KINDS = ['kafka', 'batch'] as const;
type Kind = (typeof KINDS)[number];
const WRITE_RECORDS = 5000;
const LOOK_EVERY_MS = 100;
const SETTLE_TIMEOUT_MS = 600_000;

const { values } = parseArgs({
  options: {
    /** Brokers as pods reach them, and as reached from here. */
    kafka: { type: 'string', default: process.env.KAFKA_BOOTSTRAP ?? '' },
    'kafka-here': { type: 'string', default: process.env.KAFKA_BOOTSTRAP_HOST ?? '' },
    /** Values that name the images. */
    values: { type: 'string', default: process.env.KNATIVE_VALUES ?? '' },
    set: { type: 'string', multiple: true, default: [] },
    'records-single': { type: 'string', default: '20000' },
    'records-batch': { type: 'string', default: '200000' },
    rounds: { type: 'string', default: '1' },
  },
});
const client = { brokers: [values['kafka-here']], log: createLog('bench', 'error') };
const cluster = await openCluster();
const rates: Record<Kind, number[]> = { kafka: [], batch: [] };

process.stdout.write(`${JSON.stringify(thisMachine())}\n`);
for (let round = 1; round <= Number(values.rounds); round += 1) {
  for (const kind of KINDS) {
    const count = Number(values[kind === 'kafka' ? 'records-single' : 'records-batch']);
    const rate = await measure(kind, `bench-${kind}-${Date.now().toString(36)}`, count);
    rates[kind].push(rate);
    process.stdout.write(`${kind}: ${count} records, ${Math.round(rate)} a second\n`);
  }
}
const [single, batch] = KINDS.map((kind) => median(rates[kind])) as [number, number];
process.stdout.write(`ratio of medians: ${(batch / single).toFixed(1)}\n`);
process.exit(0);

/** Records a second from the first commit that is seen to the last. */
async function measure(kind: Kind, id: string, count: number): Promise<number> {
  const [topic, group] = [`${id}-transactions`, `${id}-score`];
  const flags = flagsOf(kind, id);
  // Of its own: kafkajs goes on asking for topics that it once knew, also when they are gone.
  const topics = createKafkaTopics({ ...client, writeTimeoutMs: 60_000 });
  const groups = createKafkaGroups(client);
  try {
    // Everything warm, and nobody reading: the records are there before anything counts.
    await splitwatch('deploy', ...flags, '--timeout', '5m');
    if (kind === 'batch') {
      await splitwatch('deploy', ...flags, '--set', 'source.replicas=0', '--no-wait');
      while ((await podsOfSource(cluster, id)).length > 0) await sleep(LOOK_EVERY_MS);
    }
    let written = 0;
    for (const records of inChunks(recordsOf(count))) {
      await topics.write(topic, records);
      written += records.length;
    }
    if (kind === 'batch') await splitwatch('deploy', ...flags, '--no-wait');
    const [first, last] = await watchLag(() => groups.lag(group, topic), written);
    return (first.lag - last.lag) / ((last.atMs - first.atMs) / 1000);
  } finally {
    await Promise.all([topics.close(), groups.close()]);
    await splitwatch('clean', '--namespace', id, '--topics', '--yes').catch((error: Error) => {
      process.stderr.write(`${id} is left behind: ${error.message}`);
    });
  }
}

interface Seen {
  readonly atMs: number;
  readonly lag: number;
}

async function watchLag(lag: () => Promise<number>, written: number): Promise<[Seen, Seen]> {
  const endMs = performance.now() + SETTLE_TIMEOUT_MS;
  let first: Seen | undefined;
  for (;;) {
    const seen = { lag: await lag(), atMs: performance.now() };
    if (first === undefined && seen.lag < written) first = seen;
    if (first !== undefined && seen.lag === 0) return [first, seen];
    if (seen.atMs > endMs) throw new Error(`${seen.lag} records are left`);
    await sleep(LOOK_EVERY_MS);
  }
}

function flagsOf(kind: Kind, id: string): string[] {
  const names = ['transactions', 'fraud', 'transactionsDlq', 'fraudDlq'];
  const set = [
    ...names.map((name) => `topics.${name}.name=${id}-${name.toLowerCase()}`),
    ...[`sources.transactions.consumerGroup=${id}-score`, `source.kind=${kind}`],
    ...[`sources.fraud.consumerGroup=${id}-notify`, 'score.scale.min=1'],
    ...['generate.ping.enabled=false', 'redis.persistence.enabled=false'],
    ...values.set,
  ];
  return [
    ...['--namespace', id, '--kafka', values.kafka, '--values', values.values],
    ...set.flatMap((value) => ['--set', value]),
  ];
}

async function splitwatch(...args: readonly string[]): Promise<void> {
  const main = `${import.meta.dirname}/../cli/main.ts`;
  const { exitCode, output } = await runProgramFile(process.execPath, [main, ...args]);
  if (exitCode !== 0) throw new Error(output);
}

function* recordsOf(count: number): Generator<TopicRecord> {
  const options = { seed: 7, count, ratePerSecond: 1000, accounts: 20_000 };
  const startTimeMs = Date.now() - (count / options.ratePerSecond) * 1000;
  for (const item of traffic({ ...options, startTimeMs })) {
    if (!('delivery' in item)) continue;
    const { source, eventId, transaction } = item.delivery;
    yield encodeTransactionRecord({ ...transaction, source, eventId });
  }
}

function* inChunks(records: Iterable<TopicRecord>): Generator<TopicRecord[]> {
  let chunk: TopicRecord[] = [];
  for (const record of records) {
    chunk.push(record);
    if (chunk.length < WRITE_RECORDS) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}
