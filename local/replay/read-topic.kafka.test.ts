import { randomUUID } from 'node:crypto';
import { expect, it, onTestFinished } from 'vitest';
import { createKafkaHistory } from '#shared/kafka/kafka-history.ts';
import { brokersForTests } from '#shared/kafka/kafka-test-brokers.ts';
import { createKafkaTopics } from '#shared/kafka/kafka-topics.ts';
import { createLog } from '#shared/log.ts';
import { RULE } from '../../functions/score/store/contract-cases.ts';
import { PairBook } from './pair-book.ts';
import { readTopic } from './read-topic.ts';
import type { Row } from './replay.ts';

it('gives the transactions of all partitions as one history in order of time, and names what is none', async () => {
  const topic = `replay-${randomUUID()}`;
  const options = { brokers: brokersForTests(), log: createLog('kafka-test', 'silent') };
  const [topics, history] = [createKafkaTopics(options), createKafkaHistory(options)];
  onTestFinished(async () => {
    await topics.close();
    await history.close();
  });
  await topics.ensureTopics([{ name: topic, partitions: 3 }]);
  // Records of one key are in one partition: each pair here has one of its own, or shares it.
  const records = Array.from({ length: 3000 }, (_, i) => ({
    key: String(i % 7),
    value: Buffer.from(`${new Date(Date.UTC(2026, 0, 5) + 1000 * i).toISOString()};${i % 7};b;1`),
    headers: {},
  }));
  await topics.write(topic, records);
  await topics.write(topic, [{ key: '0', value: Buffer.from('nonsense'), headers: {} }]);

  const book = new PairBook(RULE);
  const times: number[] = [];
  const ids = new Set<string>();
  const refused: string[] = [];
  let progress = 0;
  const add = ({ eventTimeMs, id, isIdOwn }: Row): void => {
    times.push(eventTimeMs);
    ids.add(id);
    expect(isIdOwn).toBe(false);
  };
  await readTopic(
    { accounts: book.accounts, currencies: book.currencies, add },
    {
      ...{ history, topic, onRefused: (place, error) => refused.push(`${place} ${error.code}`) },
      onProgress: (passed, all) => {
        progress = passed / all;
      },
    },
  );
  expect(times).toHaveLength(3000);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  expect(ids.size).toBe(3000);
  expect(refused).toEqual([expect.stringMatching(/^partition \d offset \d+ malformed$/)]);
  expect(progress).toBeGreaterThan(0.9);
});

it('says so where there is no such topic', async () => {
  const history = createKafkaHistory({
    ...{ brokers: brokersForTests(), log: createLog('kafka-test', 'silent') },
  });
  onTestFinished(() => history.close());
  const target = { ...new PairBook(RULE), add: () => {} };
  const options = { history, topic: `none-${randomUUID()}`, onRefused: () => {} };
  await expect(readTopic(target, options)).rejects.toThrow('there is no topic none-');
});
