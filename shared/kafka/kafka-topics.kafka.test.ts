import { describe, expect, it } from 'vitest';
import { createLog } from '#shared/log.ts';
import { brokersForTests } from './kafka-test-brokers.ts';
import { createKafkaTopics } from './kafka-topics.ts';
import { describeTopicContract, record } from './topic-contract.ts';

const log = createLog('kafka-test', 'silent');

describeTopicContract('kafkajs on a real broker', () =>
  createKafkaTopics({ brokers: brokersForTests(), log }),
);

describe('kafka topics', () => {
  it('fails with the brokers named when none can be reached', async () => {
    const topics = createKafkaTopics({ brokers: ['127.0.0.1:1'], log, writeTimeoutMs: 3000 });
    const writing = topics.write('transactions', [record('k', 'x')]);
    await expect(writing).rejects.toMatchObject({
      code: 'topic',
      message: expect.stringContaining('127.0.0.1:1'),
    });
    expect(await topics.problem()).toContain('127.0.0.1:1');
    await topics.close();
  });

  it('fails to write to a topic that does not exist, and can write to others afterwards', async () => {
    const topics = createKafkaTopics({ brokers: brokersForTests(), log });
    const name = `exists-${process.pid}-${performance.now()}`.replace('.', '-');
    await expect(topics.write(`${name}-not`, [record('k', 'x')])).rejects.toMatchObject({
      code: 'topic',
    });
    await topics.ensureTopics([{ name, partitions: 1 }]);
    await topics.write(name, [record('k', 'x')]);
    await topics.close();
  });

  it('writes many records at once, in requests that the broker takes', async () => {
    const topics = createKafkaTopics({ brokers: brokersForTests(), log });
    const name = `many-${process.pid}-${performance.now()}`.replace('.', '-');
    await topics.ensureTopics([{ name, partitions: 1 }]);
    const large = 'x'.repeat(100_000);
    await topics.write(
      name,
      Array.from({ length: 50 }, () => record('k', large)),
    );
    await topics.close();
  });
});
