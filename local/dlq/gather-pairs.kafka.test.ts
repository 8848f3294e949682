import { randomUUID } from 'node:crypto';
import { expect, it, onTestFinished } from 'vitest';
import type { Transaction } from '#shared/domain/transaction.ts';
import { encodeTransactionRecord } from '#shared/events/transaction-event.ts';
import { createKafkaHistory } from '#shared/kafka/kafka-history.ts';
import { brokersForTests } from '#shared/kafka/kafka-test-brokers.ts';
import { createKafkaTopics } from '#shared/kafka/kafka-topics.ts';
import type { TopicRecord } from '#shared/kafka/topic.ts';
import { createLog } from '#shared/log.ts';
import { toDeadLetter } from '../eventing/dead-letter.ts';
import { eventToRecord } from '../eventing/event-to-record.ts';
import { recordToEvent } from '../eventing/record-to-event.ts';
import { gatherPairs, pairName, transactionOfLetter } from './gather-pairs.ts';
import { type LetterCase, readLetters } from './read-letters.ts';

const T0 = Date.parse('2026-11-22T10:00:00Z');
const SOURCE = { namespace: 'bank', name: 'the-source' };

const event = (eventId: string, seconds: number, origin = '66'): TopicRecord => ({
  ...encodeTransactionRecord({
    ...{ source: '/bank', eventId, origin, target: '26', currency: 'USD', amountMinor: 100 },
    eventTimeMs: T0 + seconds * 1000,
  }),
  timestampMs: T0 + seconds * 1000,
});
const line = (seconds: number): TopicRecord => ({
  ...{ key: null, headers: {}, timestampMs: T0 + seconds * 1000 },
  value: Buffer.from(`${new Date(T0 + seconds * 1000).toISOString()};66;26;7.00`),
});

/** Topics of their own, with these records and dead letters about some of them, by index. */
async function planted(records: readonly TopicRecord[], letters: Readonly<Record<number, string>>) {
  const log = createLog('gather-test', 'silent');
  const brokers = brokersForTests();
  const topics = createKafkaTopics({ brokers, log });
  const history = createKafkaHistory({ brokers, log });
  onTestFinished(async () => {
    await Promise.all([topics.close(), history.close()]);
  });
  const transactions = `gather-${randomUUID()}`;
  const topic = `${transactions}-dlq`;
  await topics.ensureTopics([transactions, topic].map((name) => ({ name, partitions: 1 })));
  await topics.write(transactions, records);
  for (const [index, reason] of Object.entries(letters)) {
    const record = records[Number(index)] as TopicRecord;
    const place = { topic: transactions, partition: 0, offset: BigInt(index), timestampMs: 0 };
    const status = reason === 'sink' ? 503 : 422;
    const result = { status, headers: { 'kne-reason': reason }, bodyHead: Buffer.alloc(0) };
    const carried = recordToEvent({ ...record, ...place }, SOURCE);
    const letter = toDeadLetter(carried, 'http://score', { kind: 'answer', ...result });
    await topics.write(topic, [eventToRecord(letter, 'binary')]);
  }
  const cases = await readLetters({ history, topic });
  const gather = (late: readonly LetterCase[], lookBackMs = 3_600_000) => {
    const read = late.map(({ letter }) => transactionOfLetter(letter) as Transaction);
    const fraud = `${transactions}-fraud`;
    const progress = () => ({});
    const options = { history, transactions, fraud, lookBackMs, cases, progress };
    return gatherPairs(read, options);
  };
  return { cases, gather };
}

const NAME = pairName({ origin: '66', target: '26', currency: 'USD' });

it('gathers the pair’s transactions, plain ones by the name that KafkaSource gave them', async () => {
  const records = [event('a', 0), line(1), event('other', 2, '77'), line(3), event('a', 0)];
  const { cases, gather } = await planted(records, { 3: 'late' });
  const pairs = await gather(cases);
  expect([...pairs.keys()]).toEqual([NAME]);
  const { transactions, lateIds, frauds, isCut } = pairs.get(NAME) ?? {};
  expect(transactions?.map(({ id }) => id)).toEqual([
    '/bank#a',
    expect.stringMatching(/^\/apis\/v1\/namespaces\/bank\/kafkasources\/the-source#.*#.*offset:1$/),
    cases[0]?.letter.id,
    '/bank#a',
  ]);
  expect([...(lateIds ?? [])]).toEqual([cases[0]?.letter.id]);
  expect({ frauds, isCut }).toEqual({ frauds: [], isCut: false });
});

it('leaves out what was refused for what it is, until it was taken after all (S5)', async () => {
  const records = [event('a', 0), event('ahead', 900), event('late', 1), event('lost', 2)];
  const { cases, gather } = await planted(records, { 1: 'future', 2: 'late', 3: 'sink' });
  const ids = async (): Promise<unknown> =>
    (await gather(cases.slice(1, 2))).get(NAME)?.transactions.map(({ id }) => id);
  expect(await ids()).toEqual(['/bank#a', '/bank#late', '/bank#lost']);
  const [ahead] = cases as [LetterCase];
  const decision = {
    ...{ letter: ahead.letter.name, letterTimeMs: 0, action: 'redriven' as const },
    ...{ atMs: 0, by: 'anna', earlier: [] },
  };
  cases.splice(0, 1, { ...ahead, decision });
  expect(await ids()).toEqual(['/bank#a', '/bank#ahead', '/bank#late', '/bank#lost']);
});

it('reads from so long before the oldest of them, and says that it did', async () => {
  const records = [event('long-ago', -7200), event('a', -60), event('late', 0)];
  const { cases, gather } = await planted(records, { 2: 'late' });
  const { transactions, isCut } = (await gather(cases, 120_000)).get(NAME) ?? {};
  expect(transactions?.map(({ id }) => id)).toEqual(['/bank#a', '/bank#late']);
  expect(isCut).toBe(true);
});
