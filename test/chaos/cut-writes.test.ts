import { afterAll, beforeAll, expect, it } from 'vitest';
import { createKafkaHistory } from '#shared/kafka/kafka-history.ts';
import { createKafkaTopics, type KafkaTopics } from '#shared/kafka/kafka-topics.ts';
import { createLog } from '#shared/log.ts';
import { type FaultProxy, startFaultProxy } from '../../local/chaos/fault-proxy.ts';
import { type OwnServer, startOwnBroker } from '../../local/chaos/own-servers.ts';

const WRITES = 3000;
const AT_ONCE = 20;
const log = createLog('chaos', 'silent');

let proxy: FaultProxy;
let broker: OwnServer;
let topics: KafkaTopics;
beforeAll(async () => {
  proxy = await startFaultProxy();
  broker = await startOwnBroker(proxy.port, () => {}, process.env);
  proxy.pointTo(broker.port);
  const brokers = [`127.0.0.1:${proxy.port}`];
  topics = createKafkaTopics({ brokers, log, writeTimeoutMs: 5000 });
}, 120_000);
afterAll(async () => {
  await topics?.close();
  await broker?.stop();
  proxy?.close();
}, 60_000);

/** Every value that the topic has. */
async function valuesOf(topic: string): Promise<Set<string>> {
  const history = createKafkaHistory({ brokers: [`127.0.0.1:${proxy.port}`], log });
  const values = new Set<string>();
  await history.read(topic, (await history.spans(topic)) ?? [], (records) => {
    for (const { value } of records) values.add(String(value));
  });
  await history.close();
  return values;
}

it.each([
  ['with a key', (i: number) => `key-${i % 7}`],
  ['without a key', () => null],
])(
  'what is written %s and acknowledged is in the topic, though replies are cut (L1)',
  {
    timeout: 300_000,
  },
  async (name, keyOf) => {
    const topic = name.replaceAll(' ', '-');
    await topics.ensureTopics([{ name: topic, partitions: 3 }]);
    const end = proxy.addMood({ cutOneReplyIn: 11 });
    const acknowledged: string[] = [];
    let next = 0;
    const writer = async (): Promise<void> => {
      for (let i = next++; i < WRITES; i = next++) {
        const record = { key: keyOf(i), value: Buffer.from(String(i)), headers: {} };
        const isWritten = await topics.write(topic, [record]).then(
          () => true,
          () => false,
        );
        if (isWritten) acknowledged.push(String(i));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, writer));
    end();
    const values = await valuesOf(topic);
    expect(acknowledged.length).toBeGreaterThan(WRITES / 2);
    expect(acknowledged.filter((value) => !values.has(value))).toEqual([]);
  },
);
