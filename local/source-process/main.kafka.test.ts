import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { createKafkaGroups } from '#shared/kafka/kafka-groups.ts';
import { brokersForTests } from '#shared/kafka/kafka-test-brokers.ts';
import { createKafkaTopics } from '#shared/kafka/kafka-topics.ts';
import { createLog } from '#shared/log.ts';
import { startMoodySink } from '../eventing/moody-sink.ts';

const PATIENCE = { timeout: 40_000, interval: 100 };
const log = createLog('source-main-test', 'silent');

it('shares a topic with another, and leaves nothing unread when each ends in its turn', async () => {
  const brokers = brokersForTests();
  const topics = createKafkaTopics({ brokers, log });
  const groups = createKafkaGroups({ brokers, log });
  onTestFinished(async () => void (await Promise.all([topics.close(), groups.close()])));
  const topic = `source-${randomUUID()}`;
  await topics.ensureTopics([{ name: topic, partitions: 6 }]);
  const [score, letters] = [await startMoodySink([204]), await startMoodySink([400])];
  onTestFinished(() => {
    score.close();
    letters.close();
  });
  const write = (from: number, to: number): Promise<void> =>
    topics.write(
      topic,
      Array.from({ length: to - from }, (_, i) => ({
        ...{ key: `k${i % 50}`, headers: {} },
        value: Buffer.from(`n${from + i}`),
      })),
    );
  const environment = {
    ...{ TOPIC: topic, CONSUMER_GROUP: topic, KAFKA_BROKERS: brokers.join(',') },
    ...{ K_SINK: score.url, DEAD_LETTER_SINK: letters.url, PORT: '0', LOG_LEVEL: 'silent' },
  };
  const seen = (): string[] =>
    score.requests.flatMap(({ body }) =>
      JSON.parse(String(body)).map(({ data }: { data: string }) => data),
    );
  await write(0, 5000);
  const first = start(environment);
  await vi.waitFor(() => expect(new Set(seen()).size).toBe(5000), PATIENCE);
  const second = start(environment);
  await write(5000, 10_000);
  await vi.waitFor(() => expect(new Set(seen()).size).toBe(10_000), PATIENCE);
  await end(first);
  await write(10_000, 12_000);
  await vi.waitFor(() => expect(new Set(seen()).size).toBe(12_000), PATIENCE);
  await end(second);
  expect(await groups.lag(topic, topic)).toBe(0);
});

function start(environment: Record<string, string>): ChildProcess {
  const main = join(import.meta.dirname, 'main.ts');
  const child = spawn(process.execPath, [main], { env: environment, stdio: 'ignore' });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  expect(await exit).toEqual([0, null]);
}
