import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { expect, vi } from 'vitest';
import type { Fraud } from '#shared/domain/fraud.ts';
import type { Transaction } from '#shared/domain/transaction.ts';
import { AppError } from '#shared/errors.ts';
import { encodeTransactionRecord } from '#shared/events/transaction-event.ts';
import { createHttpSink } from '#shared/http/sink-client.ts';
import { createKafkaHistory } from '#shared/kafka/kafka-history.ts';
import { brokersForTests } from '#shared/kafka/kafka-test-brokers.ts';
import { createKafkaTopics } from '#shared/kafka/kafka-topics.ts';
import type { StoredRecord, TopicRecord } from '#shared/kafka/topic.ts';
import { createLog } from '#shared/log.ts';
import { NOW_MS, RULE, startScore } from '../../functions/score/app-harness.ts';
import { createMemoryTotalsStore } from '../../functions/score/store/memory-store.ts';
import { toDeadLetter } from '../eventing/dead-letter.ts';
import { eventToRecord } from '../eventing/event-to-record.ts';
import { startKafkaSink } from '../eventing/kafka-sink.ts';
import { startKafkaSource } from '../eventing/kafka-source.ts';
import { carriedEvent } from '../eventing/record-to-event.ts';
import type { WireEvent } from '../eventing/wire-event.ts';
import { fraudOfRecord } from '../watch-topic.ts';

const MINUTE_MS = 60_000;
const MAIN = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));

/** What `dlq ls --json` prints of a letter. */
export interface LetterLine {
  readonly letter: string;
  readonly reason: string;
  readonly reasonText: string;
  readonly from: string;
  readonly id: string;
  readonly decision?: Record<string, unknown>;
}

/**
 * For tests: score behind its door, between the local KafkaSource and KafkaSink, on topics of its
 * own on a real broker; and the command as people type it.
 */
export async function startLine() {
  const log = createLog('dlq-test', 'silent');
  const brokers = brokersForTests();
  const prefix = `dlq-${randomUUID().slice(0, 8)}`;
  const names = {
    transactions: `${prefix}-transactions`,
    fraud: `${prefix}-fraud`,
    letters: `${prefix}-transactions-dlq`,
    fraudLetters: `${prefix}-fraud-dlq`,
  };
  const topics = createKafkaTopics({ brokers, log, sessionTimeoutMs: 6000 });
  const history = createKafkaHistory({ brokers, log });
  await topics.ensureTopics(Object.values(names).map((name) => ({ name, partitions: 2 })));
  const away = { sink: false, store: false };
  const sinks = await startKafkaSink({
    ...{ writer: topics, log },
    sinks: [
      { name: 'fraud', topic: names.fraud, contentMode: 'binary' },
      { name: 'letters', topic: names.letters, contentMode: 'binary' },
    ],
  });
  const client = createHttpSink({ url: sinks.urlOf('fraud'), timeoutMs: 5000 });
  const totals = createMemoryTotalsStore({ rule: RULE, now: () => NOW_MS });
  const score = await startScore({
    store: {
      ...totals,
      add: async (transaction) => {
        if (away.store) throw new AppError('state', 'the store is away');
        return totals.add(transaction);
      },
    },
    sink: {
      send: async (...fraud) => {
        if (away.sink) throw new AppError('sink', 'the sink is away');
        await client.send(...fraud);
      },
    },
  });
  const source = await startKafkaSource({
    ...{ reader: topics, topic: names.transactions, group: `${prefix}-score`, log },
    ...{ name: 'transactions', sinkUrl: score.url, ordering: 'ordered', commitIntervalMs: 50 },
    delivery: {
      ...{ retry: 2, backoffDelay: 'PT0.01S', timeout: 'PT5S' },
      deadLetterSink: { uri: sinks.urlOf('letters') },
    },
  });
  const written: Transaction[] = [];
  const settled = (): Promise<void> =>
    vi.waitFor(async () => expect((await source.stats()).lag).toBe(0), {
      ...{ timeout: 30_000, interval: 100 },
    });
  const dlq = (command: string, ...args: string[]) => {
    const flags = ['--kafka', brokers.join(','), '--topic', names.letters];
    const ownFlags = command === 'redrive' ? ['--fraud', names.fraud] : [];
    const env = { ...process.env, USER: 'anna' };
    const all = [MAIN, 'dlq', command, ...flags, ...ownFlags, ...args]; // the last one wins
    return new Promise<{ code: number; out: string; err: string }>((resolve) => {
      execFile(process.execPath, all, { env }, (error, out, err) =>
        resolve({ code: error === null ? 0 : Number(error.code), out, err }),
      );
    });
  };
  const listed = async (...args: string[]): Promise<readonly LetterLine[]> => {
    const { out, err } = await dlq('ls', '--json', ...args);
    expect(err).toBe('');
    return out.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));
  };
  const readFrauds = async () => {
    const frauds: Array<Fraud & { readonly record: StoredRecord }> = [];
    const spans = (await history.spans(names.fraud)) ?? [];
    await history.read(names.fraud, spans, (records) => {
      frauds.push(...records.map((record) => ({ ...fraudOfRecord(record), record })));
    });
    return frauds;
  };
  return {
    ...{ names, away, written, settled, dlq, listed },
    /** The transaction so many minutes before the clock, which never moves here. */
    ago(minutes: number, amountMinor: number, origin: string): TopicRecord {
      const eventId = `tx-${written.length}`;
      const eventTimeMs = NOW_MS - minutes * MINUTE_MS;
      const one = { origin, target: '26', currency: 'USD', amountMinor, eventTimeMs };
      written.push({ ...one, id: `/bank#${eventId}` });
      return encodeTransactionRecord({ ...one, source: '/bank', eventId });
    },
    /** Gives up the newest fraud event, as delivery to a notify that is away would. */
    async loseFraudEvent(origin: string): Promise<void> {
      const [fraud] = (await readFrauds()).filter(({ pair }) => pair.origin === origin);
      if (fraud === undefined) throw new Error(`no fraud event of ${origin}`);
      const event = carriedEvent(fraud.record) as WireEvent;
      const letter = toDeadLetter(event, 'http://notify', { kind: 'failure', reason: 'no answer' });
      await topics.write(names.fraudLetters, [eventToRecord(letter, 'binary')]);
    },
    /** Writes one after the other, and waits until all are delivered or given up. */
    async write(...records: readonly TopicRecord[]): Promise<void> {
      for (const record of records) await topics.write(names.transactions, [record]);
      await settled();
    },
    async letter(find: Partial<LetterLine>): Promise<LetterLine> {
      const [one] = (await listed('--all')).filter((letter) =>
        Object.entries(find).every(([name, value]) => letter[name as keyof LetterLine] === value),
      );
      if (one === undefined) throw new Error(`no letter ${JSON.stringify(find)}`);
      return one;
    },
    async totalOf(origin: string): Promise<Record<string, unknown>> {
      return (await (await fetch(`${score.url}/pairs/${origin}/26`)).json()) as never;
    },
    fraudsOf: async (origin: string) =>
      (await readFrauds()).filter(({ pair }) => pair.origin === origin),
    async stop(): Promise<void> {
      await source.stop();
      await score.stop();
      client.close();
      await sinks.stop();
      await Promise.all([topics.close(), history.close()]);
    },
  };
}
