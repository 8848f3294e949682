import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test, vi } from 'vitest';
import { brokersForTests } from '#shared/kafka/kafka-test-brokers.ts';
import { createKafkaTopics } from '#shared/kafka/kafka-topics.ts';
import { createLog } from '#shared/log.ts';

const MAIN = join(import.meta.dirname, 'main.ts');
const PATIENCE = { timeout: 20_000, interval: 50 };

/** A start of generate that only makes topics. Rejects when it ends with another code than 0. */
function runErrand(topics: string): Promise<{ stdout: string }> {
  const KAFKA_BROKERS = brokersForTests().join(',');
  const env = { ...process.env, KAFKA_BROKERS, MAKE_TOPICS: topics };
  return promisify(execFile)(process.execPath, [MAIN], { env, timeout: 30_000 });
}

test('makes the topics that are missing, with their partitions, and ends with code 0', async () => {
  const [one, other] = [`made-${randomUUID()}`, `made-${randomUUID()}`];
  await runErrand(`${one}:3`);
  await runErrand(`${one}:9,${other}:2:1`);

  const log = createLog('make-topics-test', 'silent');
  const topics = createKafkaTopics({ brokers: brokersForTests(), log });
  onTestFinished(() => topics.close());
  for (const [topic, partitions] of [[one, 3] as const, [other, 2] as const]) {
    const keys = Array.from({ length: 60 }, (_, n) => `${n}`);
    await topics.write(
      topic,
      keys.map((key) => ({ key, value: Buffer.from('x'), headers: {} })),
    );
    const seen: number[] = [];
    const running = await topics.subscribe({
      ...{ topic, group: `of-${topic}`, from: 'earliest' },
      onRecords: async (_lease, records) => {
        seen.push(...records.map((record) => record.partition));
      },
    });
    await vi.waitFor(() => expect(seen).toHaveLength(60), PATIENCE);
    await running.stop();
    expect(new Set(seen).size).toBe(partitions);
  }
});
