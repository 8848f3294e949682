import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { type CloudEventV1, Kafka } from 'cloudevents';
import { afterAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { formatAmount } from '#shared/domain/amount.ts';
import { brokersForTests } from '#shared/kafka/kafka-test-brokers.ts';
import { createKafkaTopics, type KafkaTopics } from '#shared/kafka/kafka-topics.ts';
import type { StoredRecord } from '#shared/kafka/topic.ts';
import { createLog } from '#shared/log.ts';
import { startFunctionProcess } from '../../local/function-process.ts';
import { systemClock } from './clock.ts';
import { type Delivery, traffic } from './core/traffic.ts';
import { generate } from './generate.ts';

const PATIENCE = { timeout: 20_000, interval: 50 };
const log = createLog('generate-test', 'silent');
let opened: KafkaTopics | undefined;

afterAll(() => opened?.close());

function topicsForTests(): KafkaTopics {
  opened ??= createKafkaTopics({ brokers: brokersForTests(), log });
  return opened;
}

/** A topic of its own, and what is in it. */
async function freshTopic() {
  const topics = topicsForTests();
  const topic = `generate-${randomUUID()}`;
  await topics.ensureTopics([{ name: topic, partitions: 3 }]);
  return { topics, topic };
}

async function readBack(topic: string, count: number): Promise<readonly StoredRecord[]> {
  const records: StoredRecord[] = [];
  const running = await topicsForTests().subscribe({
    ...{ topic, group: `of-${topic}`, from: 'earliest' },
    onRecords: async (_lease, given) => {
      records.push(...given);
    },
  });
  onTestFinished(() => running.stop());
  await vi.waitFor(() => expect(records.length).toBeGreaterThanOrEqual(count), PATIENCE);
  return records;
}

function toEvent({ key, value, headers, timestampMs }: StoredRecord): CloudEventV1<unknown> {
  const message = { key, value, headers, timestamp: String(timestampMs), body: value };
  return Kafka.toEvent(message as never) as CloudEventV1<unknown>;
}

const deliveriesOf = (options: Parameters<typeof traffic>[0]): Delivery[] =>
  [...traffic(options)].flatMap((item) => ('delivery' in item ? [item.delivery] : []));

describe('generate on a real broker', () => {
  test('writes what the CloudEvents SDK reads, with keys and headers of W1', async () => {
    const { topics, topic } = await freshTopic();
    const options = { count: 2000, seed: 4 };
    const write = topics.write.bind(undefined, topic);
    await generate({ traffic: options, speed: undefined }, { write, clock: systemClock });
    const records = await readBack(topic, 2000);
    expect(records).toHaveLength(2000);
    const byId = new Map(deliveriesOf(options).map((delivery) => [delivery.eventId, delivery]));
    for (const record of records) {
      const event = toEvent(record);
      const { transaction, source } = byId.get(event.id) as Delivery;
      const { origin, target, currency, amountMinor, eventTimeMs } = transaction;
      const key = `${origin}:${target}`;
      const timestamp = new Date(eventTimeMs).toISOString();
      expect(record.key).toBe(key);
      expect(event).toMatchObject({
        ...{ source, type: 'io.splitwatch.transaction.v1', subject: key, partitionkey: key },
        time: timestamp,
        data: { timestamp, origin, target, amount: formatAmount(amountMinor), currency },
      });
    }
  });

  test('keeps the order of deliveries within each pair', async () => {
    const { topics, topic } = await freshTopic();
    const options = { count: 3000, seed: 6, accounts: 5 };
    const write = topics.write.bind(undefined, topic);
    await generate({ traffic: options, speed: undefined }, { write, clock: systemClock });
    const records = await readBack(topic, 3000);
    const idsOf = <T>(
      items: readonly T[],
      key: (item: T) => string | null,
      id: (item: T) => unknown,
    ) => Object.fromEntries([...Map.groupBy(items, key)].map(([of, all]) => [of, all.map(id)]));
    expect(
      idsOf(
        records,
        ({ key }) => key,
        ({ headers }) => headers.ce_id,
      ),
    ).toEqual(
      idsOf(
        deliveriesOf(options),
        ({ transaction }) => `${transaction.origin}:${transaction.target}`,
        ({ eventId }) => eventId,
      ),
    );
  });
});

describe('the function as a process', () => {
  async function start(environment: Record<string, string>) {
    const { topic } = await freshTopic();
    const { topic: labelsTopic } = await freshTopic();
    const running = await startFunctionProcess({
      name: 'generate',
      script: join(import.meta.dirname, 'main.ts'),
      environment: {
        ...{ KAFKA_BROKERS: brokersForTests().join(','), PORT: '0', HOST: '127.0.0.1' },
        ...{ TOPIC: topic, LABELS_TOPIC: labelsTopic, LOG_LEVEL: 'warn', DRAIN_MS: '0' },
        ...environment,
      },
      onLogLine: () => {},
    });
    onTestFinished(() => running.kill());
    return { running, topic, labelsTopic, url: `http://127.0.0.1:${running.port}` };
  }
  const post = (url: string, body: unknown): Promise<Response> =>
    fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });

  test('is ready once Kafka answers, produces, ingests, and ends at SIGTERM', async () => {
    const { running, topic, labelsTopic, url } = await start({});
    const isReady = async () => expect((await fetch(`${url}/readyz`)).status).toBe(200);
    await vi.waitFor(isReady, PATIENCE);
    const produced = await (await post(`${url}/`, { count: 2000, plantedShare: 0.9 })).json();
    expect(produced).toMatchObject({ written: 2000 });
    const timestamp = '2026-11-22T10:00:00Z';
    const json = { id: 'own', timestamp, origin: 'a:b', target: 'ü', amount: '1.10' };
    const ingested = await post(`${url}/transactions`, json);
    expect([ingested.status, await ingested.json()]).toEqual([
      202,
      { transactionId: '/splitwatch/post#own' },
    ]);
    const records = await readBack(topic, 2001);
    const own = records.find(({ headers }) => headers.ce_id === 'own') as StoredRecord;
    expect(own.key).toBe('a%3Ab:%C3%BC');
    expect(toEvent(own).data).toMatchObject({ origin: 'a:b', target: 'ü', amount: '1.10' });
    const { labels } = produced as { labels: number };
    expect(await readBack(labelsTopic, labels)).toHaveLength(labels);
    await running.stop(10_000);
    expect(await running.ended).toMatch(/\b0\b/);
  });

  test('makes traffic all the time at the rate of the settings, lines if so set', async () => {
    const { running, topic } = await start({ RATE: '100', FORMAT: 'line', SHAPE: 'seed' });
    for (const { key, value } of await readBack(topic, 200)) {
      const [, origin, target] = String(value).split(';');
      expect(key).toBe(`${origin}:${target}`);
    }
    await running.stop(10_000);
  });
});
