import { describe, expect, it, vi } from 'vitest';
import { createLog } from '#shared/log.ts';
import { createKafkaClient } from './kafka-client.ts';
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

  it('reads on when the topic grows while it reads, and leaves out nothing (L2)', async () => {
    const brokers = brokersForTests();
    const topics = createKafkaTopics({ brokers, log, sessionTimeoutMs: 6000 });
    const name = `grows-${process.pid}-${performance.now()}`.replace('.', '-');
    await topics.ensureTopics([{ name, partitions: 1 }]);
    const seen = new Set<string>();
    const places = new Set<number>();
    const running = await topics.subscribe({
      ...{ topic: name, group: `of-${name}`, from: 'earliest' },
      onRecords: async (lease, records) => {
        places.add(lease.partition);
        for (const { value, offset } of records) {
          seen.add(String(value));
          await lease.commit(offset + 1n).catch(() => {}); // the lease ended: it comes again
        }
      },
    });
    const admin = createKafkaClient({ brokers, log }).admin();
    await admin.connect();
    await admin.createPartitions({ topicPartitions: [{ topic: name, count: 3 }] });
    await admin.disconnect();
    const write = (key: number): Promise<void> =>
      topics.write(name, [record(`key-${key}`, String(key))]);
    let written = 0;
    await vi.waitFor(
      async () => {
        await write(written++);
        expect(places.size).toBe(3);
      },
      { timeout: 40_000, interval: 100 },
    );
    await vi.waitFor(() => expect(seen.size).toBe(written), { timeout: 20_000 });
    await running.stop();
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
