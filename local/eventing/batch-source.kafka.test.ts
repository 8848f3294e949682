import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { brokersForTests } from '#shared/kafka/kafka-test-brokers.ts';
import { createKafkaTopics } from '#shared/kafka/kafka-topics.ts';
import { createLog } from '#shared/log.ts';
import { type KafkaSourceOptions, startKafkaSource } from './kafka-source.ts';
import { type Mood, type MoodySink, startMoodySink } from './moody-sink.ts';

const log = createLog('batch-source-test', 'silent');
const PATIENCE = { timeout: 40_000, interval: 50 };

async function fresh(partitions: number) {
  const open = () => {
    const opened = createKafkaTopics({ brokers: brokersForTests(), log, sessionTimeoutMs: 6000 });
    onTestFinished(() => opened.close());
    return opened;
  };
  const topics = open();
  const topic = `batches-${randomUUID()}`;
  await topics.ensureTopics([{ name: topic, partitions }]);
  const write = (from: number, to: number): Promise<void> =>
    topics.write(
      topic,
      Array.from({ length: to - from }, (_, i) => ({
        key: `k${(from + i) % 17}`,
        value: Buffer.from(`n${from + i}`),
        headers: {},
      })),
    );
  const start = async (
    options: Pick<KafkaSourceOptions, 'sinkUrl'> & Partial<KafkaSourceOptions>,
  ) => {
    const reader = open();
    const group = `group-of-${topic}`;
    const source = await startKafkaSource({ reader, topic, group, batch: {}, log, ...options });
    onTestFinished(() => source.stop());
    return source;
  };
  return { topic, group: `group-of-${topic}`, write, start };
}

async function sinkWith(moods: readonly Mood[] | ((body: string) => Mood | Promise<Mood>)) {
  const sink = await startMoodySink(moods);
  onTestFinished(() => sink.close());
  return sink;
}

const dataOf = (body: string): string[] =>
  JSON.parse(body).map(({ data }: { data: string }) => data);
const seenBy = (sink: MoodySink): string[] =>
  sink.requests.flatMap(({ body }) => dataOf(body.toString()));
const soon = (mood: Mood): Promise<Mood> =>
  new Promise((resolve) => setTimeout(() => resolve(mood), 5));

describe('a source of batches on a real broker', () => {
  it.each(['ordered', 'unordered'] as const)('delivers each record, %s', async (ordering) => {
    const { write, start } = await fresh(3);
    const sink = await sinkWith([204]);
    await write(0, 20_000);
    const source = await start({ sinkUrl: sink.url, ordering, commitIntervalMs: 100 });
    await vi.waitFor(
      async () => expect(await source.stats()).toMatchObject({ delivered: 20_000, lag: 0 }),
      PATIENCE,
    );
    const seen = seenBy(sink);
    expect(new Set(seen).size).toBe(20_000);
    expect(sink.requests.length).toBeLessThan(500);
    if (ordering === 'unordered') return;
    for (let key = 0; key < 17; key++) {
      const ofKey = seen.map((name) => Number(name.slice(1))).filter((n) => n % 17 === key);
      expect(ofKey).toEqual(ofKey.toSorted((a, b) => a - b));
    }
  });

  it('goes on where the last commit was after it was killed, and skips nothing (L2)', async () => {
    const { topic, group, write, start } = await fresh(2);
    await write(0, 3000);
    const first = await sinkWith(() => soon(204));
    const script = fileURLToPath(new URL('./source-victim.ts', import.meta.url));
    const parameters = [script, brokersForTests().join(','), topic, group, first.url, '10'];
    const victim = spawn(process.execPath, parameters, { stdio: 'ignore' });
    onTestFinished(() => {
      victim.kill('SIGKILL');
    });
    await vi.waitFor(() => expect(seenBy(first).length).toBeGreaterThan(500), PATIENCE);
    victim.kill('SIGKILL');
    await write(3000, 4000);
    const second = await sinkWith([204]);
    await start({ sinkUrl: second.url });
    const all = (): Set<string> => new Set([...seenBy(first), ...seenBy(second)]);
    await vi.waitFor(() => expect(all().size).toBe(4000), PATIENCE);
    expect(seenBy(second).length).toBeLessThan(4000);
  });

  it('skips nothing when partitions change hands under load, and again when one stops', async () => {
    const { write, start } = await fresh(6);
    const sink = await sinkWith(() => soon(204));
    const options = { sinkUrl: sink.url, batch: { maxEvents: 20 }, commitIntervalMs: 100 };
    await write(0, 20_000);
    await start(options);
    await vi.waitFor(() => expect(sink.requests.length).toBeGreaterThan(50), PATIENCE);
    const second = await start(options);
    await write(20_000, 22_000);
    await vi.waitFor(async () => {
      const { delivered } = await second.stats();
      expect(delivered).toBeGreaterThan(500);
    }, PATIENCE);
    await second.stop();
    await vi.waitFor(() => expect(new Set(seenBy(sink)).size).toBe(22_000), PATIENCE);
  });

  it('repeats nothing after one that stopped cleanly', async () => {
    const { write, start } = await fresh(2);
    const sink = await sinkWith([204]);
    const first = await start({ sinkUrl: sink.url });
    await write(0, 500);
    await vi.waitFor(() => expect(seenBy(sink)).toHaveLength(500), PATIENCE);
    await first.stop();
    await write(500, 600);
    await start({ sinkUrl: sink.url });
    await vi.waitFor(() => expect(seenBy(sink)).toHaveLength(600), PATIENCE);
    expect(new Set(seenBy(sink)).size).toBe(600);
  });
});
