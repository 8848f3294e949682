import type { Fraud } from '#shared/domain/fraud.ts';
import type { Pair } from '#shared/domain/pair.ts';
import type { Transaction } from '#shared/domain/transaction.ts';
import { AppError } from '#shared/errors.ts';
import type { ReadOptions, TopicHistory } from '#shared/kafka/kafka-history.ts';
import type { StoredRecord } from '#shared/kafka/topic.ts';
import type { SourceName } from '../eventing/record-to-event.ts';
import { transactionOfEvent, transactionOfRecord } from '../record-transactions.ts';
import { fraudOfRecord } from '../watch-topic.ts';
import type { PairHistory } from './assess-late.ts';
import { handlingOf } from './cures.ts';
import type { Letter } from './letter.ts';
import type { LetterCase } from './read-letters.ts';

export interface GatherOptions {
  readonly history: TopicHistory;
  /** Topics with the transactions and with the fraud events. */
  readonly transactions: string;
  readonly fraud: string;
  /** How far before the oldest of them reading begins, by the records' own timestamps. */
  readonly lookBackMs: number;
  /** Every letter that there is: what they hold is in no total, or not in time. */
  readonly cases: readonly LetterCase[];
  readonly progress: (topic: string) => ReadOptions;
}

/** What the topics have of each late transaction's pair, by {@link pairName}; each is read once. */
export async function gatherPairs(
  late: readonly Transaction[],
  options: GatherOptions,
): Promise<ReadonlyMap<string, PairHistory>> {
  if (late.length === 0) return new Map();
  const { history, transactions: topic, fraud: fraudTopic, cases, progress } = options;
  const letters = cases.map(({ letter }) => letter);
  const lateIds = new Set(letters.flatMap(({ id, reason }) => (isLate(reason) && id) || []));
  const refused = new Set(cases.flatMap((one) => (isRefused(one) && one.letter.from) || []));
  const pairs = new Map(
    late.map((one) => [pairName(one), { transactions: [], frauds: [] } as Gathered]),
  );
  const oldestMs = late.reduce((least, { eventTimeMs }) => Math.min(least, eventTimeMs), Infinity);
  const fromMs = Math.max(0, oldestMs - options.lookBackMs);
  const spans = await history.spans(topic, fromMs);
  if (spans === undefined) throw new Error(`there is no topic ${topic} to assess against: --to`);
  const source = sourceOf(letters, topic);
  const take = (record: StoredRecord): void => {
    if (refused.has(`${record.partition}/${record.offset}`)) return;
    const one = transactionOfRecord(record, source);
    if (one instanceof AppError) return; // poison: score took nothing from it either
    pairs.get(pairName(one))?.transactions.push(one);
  };
  await history.read(topic, spans, (records) => records.forEach(take), progress(topic));
  const takeFraud = (record: StoredRecord): void => {
    const fraud = fraudOf(record);
    if (fraud !== undefined) pairs.get(pairName(fraud.pair))?.frauds.push(fraud);
  };
  const frauds = (await history.spans(fraudTopic)) ?? [];
  await history.read(
    fraudTopic,
    frauds,
    (records) => records.forEach(takeFraud),
    progress(fraudTopic),
  );
  const isCut = spans.some(({ begin }) => begin > 0n);
  return new Map([...pairs].map(([name, pair]) => [name, { ...pair, lateIds, isCut }]));
}

function isLate({ word }: Letter['reason']): boolean {
  return word === 'late';
}

/** Refused for what it is, a time in the future, say, and not taken since: part of no total. */
function isRefused({ letter, decision }: LetterCase): boolean {
  const isWrong = letter.reason.word === 'future' || handlingOf(letter) === 'correct';
  return isWrong && decision?.action !== 'redriven';
}

interface Gathered {
  readonly transactions: Transaction[];
  readonly frauds: Fraud[];
}

export function pairName({ origin, target, currency }: Pair): string {
  return JSON.stringify([origin, target, currency]);
}

/** The transaction in a letter, as score read it. Throws AppError where it holds none. */
export function transactionOfLetter(letter: Letter): Transaction | undefined {
  if (letter.event === undefined) return undefined;
  const transaction = transactionOfEvent(letter.event);
  if (transaction instanceof AppError) throw transaction;
  return transaction;
}

function fraudOf(record: StoredRecord): Fraud | undefined {
  try {
    return fraudOfRecord(record);
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}

/** KafkaSource's name is part of the ids that it gives to plain records: letters tell it. */
function sourceOf(letters: readonly Letter[], topic: string): SourceName {
  for (const { event } of letters) {
    const pattern = /^\/apis\/v1\/namespaces\/([^/]+)\/kafkasources\/([^#]+)#(.*)$/s;
    const [, namespace, name, of] = pattern.exec(event?.attributes.source ?? '') ?? [];
    if (namespace !== undefined && name !== undefined && of === topic) return { namespace, name };
  }
  return { namespace: 'default', name: topic };
}
