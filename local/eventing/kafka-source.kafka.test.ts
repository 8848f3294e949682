import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { brokersForTests } from '#shared/kafka/kafka-test-brokers.ts';
import { createKafkaTopics } from '#shared/kafka/kafka-topics.ts';
import { createLog } from '#shared/log.ts';
import { startKafkaSource } from './kafka-source.ts';
import { startMoodySink } from './moody-sink.ts';

const log = createLog('kafka-source-test', 'silent');
const PATIENCE = { timeout: 40_000, interval: 50 };

async function fresh(partitions: number) {
  const open = () => createKafkaTopics({ brokers: brokersForTests(), log, sessionTimeoutMs: 6000 });
  const topics = open();
  onTestFinished(() => topics.close());
  const topic = `source-${randomUUID()}`;
  await topics.ensureTopics([{ name: topic, partitions }]);
  const write = (from: number, to: number): Promise<void> =>
    topics.write(
      topic,
      Array.from({ length: to - from }, (_, i) => ({
        key: `k${(from + i) % 17}`,
        value: Buffer.from(String(from + i)),
        headers: {},
      })),
    );
  return { topics, open, topic, group: `group-of-${topic}`, write };
}

describe('KafkaSource on a real broker', () => {
  it.each(['ordered', 'unordered'] as const)('delivers each record, %s', async (ordering) => {
    const { topics, topic, group, write } = await fresh(3);
    const sink = await startMoodySink([204]);
    onTestFinished(() => sink.close());
    const source = await startKafkaSource({
      ...{ reader: topics, topic, group, sinkUrl: sink.url, ordering, log },
      commitIntervalMs: 100,
    });
    onTestFinished(() => source.stop());
    await write(0, 1000);
    await vi.waitFor(
      async () => expect(await source.stats()).toMatchObject({ delivered: 1000, lag: 0 }),
      PATIENCE,
    );
    const bodies = sink.requests.map(({ body }) => Number(body));
    expect(new Set(bodies).size).toBe(1000);
    if (ordering === 'unordered') return;
    for (let key = 0; key < 17; key++) {
      const ofKey = bodies.filter((n) => n % 17 === key);
      expect(ofKey).toEqual(ofKey.toSorted((a, b) => a - b));
    }
  });

  it('goes on where the last commit was after it was killed, and skips nothing (L2)', async () => {
    const { topics, open, topic, group, write } = await fresh(2);
    await write(0, 300);
    const victim = await startVictim(topic, group);
    onTestFinished(() => victim.sink.close());
    await vi.waitFor(() => expect(victim.seen().size).toBeGreaterThan(100), PATIENCE);
    victim.kill();
    await write(300, 400);
    const sink = await startMoodySink([204]);
    onTestFinished(() => sink.close());
    const reader = open();
    onTestFinished(() => reader.close());
    const source = await startKafkaSource({ reader, topic, group, sinkUrl: sink.url, log });
    onTestFinished(() => source.stop());
    const all = (): Set<string> =>
      new Set([...victim.seen(), ...sink.requests.map(({ body }) => String(body))]);
    await vi.waitFor(() => expect(all().size).toBe(400), PATIENCE);
    expect(topics).toBeDefined();
  });

  it('goes on after the commits of one that stopped cleanly, and repeats nothing', async () => {
    const { topics, topic, group, write } = await fresh(2);
    const sink = await startMoodySink([204]);
    onTestFinished(() => sink.close());
    const options = { reader: topics, topic, group, sinkUrl: sink.url, log };
    const first = await startKafkaSource(options);
    await write(0, 100);
    await vi.waitFor(() => expect(sink.requests).toHaveLength(100), PATIENCE);
    await first.stop();
    await write(100, 150);
    const second = await startKafkaSource(options);
    onTestFinished(() => second.stop());
    await vi.waitFor(() => expect(sink.requests).toHaveLength(150), PATIENCE);
    expect(new Set(sink.requests.map(({ body }) => String(body))).size).toBe(150);
  });
});

/** A source in a process of its own, which can be killed as a crash would. */
async function startVictim(topic: string, group: string) {
  const sink = await startMoodySink([204]);
  const script = fileURLToPath(new URL('./source-victim.ts', import.meta.url));
  const parameters = [script, brokersForTests().join(','), topic, group, sink.url];
  const child = spawn(process.execPath, parameters, { stdio: 'ignore' });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return {
    sink,
    seen: () => new Set(sink.requests.map(({ body }) => String(body))),
    kill: () => child.kill('SIGKILL'),
  };
}
