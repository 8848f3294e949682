import { randomUUID } from 'node:crypto';
import { expect, it, onTestFinished } from 'vitest';
import { createKafkaClient } from '#shared/kafka/kafka-client.ts';
import { brokersForTests } from '#shared/kafka/kafka-test-brokers.ts';
import { createLog } from '#shared/log.ts';
import { askKafka } from './ask-kafka.ts';
import { diagnose } from './diagnose.ts';
import { ownManifests, pick, setupOf } from './setup-fixtures.ts';

const options = { brokers: brokersForTests(), log: createLog('doctor-test', 'silent') };

/** Our manifests, whose transactions lie in a topic of the test's own on the real broker. */
async function diagnosed(numPartitions: number, config: Readonly<Record<string, string>>) {
  const topic = `doctor-${randomUUID()}`;
  const admin = createKafkaClient(options).admin();
  await admin.connect();
  onTestFinished(async () => {
    await admin.deleteTopics({ topics: [topic] });
    await admin.disconnect();
  });
  const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }));
  await admin.createTopics({
    topics: [{ topic, numPartitions, configEntries }],
    waitForLeaders: true,
  });
  const objects = await ownManifests();
  pick(objects, 'KafkaSource transactions').spec.topics = [topic];
  const { topics, unchecked } = await askKafka(options, objects);
  return { topic, ...diagnose({ ...setupOf(objects), topics }, unchecked) };
}

it('names partitions below consumers, and a retention below the window (L3)', async () => {
  const { findings, topic } = await diagnosed(2, { 'retention.ms': '900000' });
  expect(findings).toMatchObject([
    {
      trap: 'retention-shorter-than-window',
      resource: { kind: 'topic', name: topic },
      what: 'retention.ms is 900000; WINDOW_MS + ALLOWED_LATENESS_MS of score are 1200000',
      cure: expect.stringMatching(`--entity-name ${topic} --add-config retention.ms=604800000$`),
    },
    {
      trap: 'consumers-above-partitions',
      resource: { kind: 'KafkaSource', name: 'transactions' },
      what: `spec.consumers is 3, and ${topic} has 2 partitions`,
    },
  ]);
});

it('names a topic that compacts', async () => {
  const { findings } = await diagnosed(6, { 'cleanup.policy': 'compact' });
  expect(findings).toMatchObject([{ trap: 'topic-compacts' }]);
});

it("finds nothing in a topic as the broker's defaults make it", async () => {
  const { findings, unchecked } = await diagnosed(6, {});
  expect(findings).toEqual([]);
  expect(unchecked.filter((item) => item.includes('retention'))).toEqual([]);
});

it('says which topic is not there, and makes none by asking', async () => {
  const objects = await ownManifests();
  const missing = `doctor-${randomUUID()}`;
  pick(objects, 'KafkaSource transactions').spec.topics = [missing];
  for (const _again of [1, 2]) {
    const { unchecked } = await askKafka(options, objects);
    expect(unchecked).toContain(`topic ${missing}: it is not on ${options.brokers.join(',')}`);
  }
});

it('says which brokers do not answer', async () => {
  const away = { ...options, brokers: ['127.0.0.1:1'] };
  await expect(askKafka(away, [])).rejects.toThrow('Kafka at 127.0.0.1:1: asking for its topics');
});
