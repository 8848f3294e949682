import { randomUUID } from 'node:crypto';
import { expect, it, onTestFinished, vi } from 'vitest';
import { createLog } from '#shared/log.ts';
import { createKafkaGroups } from './kafka-groups.ts';
import { brokersForTests } from './kafka-test-brokers.ts';
import { createKafkaTopics } from './kafka-topics.ts';
import { record } from './topic-contract.ts';

const options = { brokers: brokersForTests(), log: createLog('groups-test', 'silent') };
const PATIENCE = { timeout: 20_000, interval: 50 };

async function topicWithReader(records: number) {
  const name = `groups-${randomUUID()}`;
  const topics = createKafkaTopics(options);
  const groups = createKafkaGroups(options);
  onTestFinished(async () => {
    await topics.close();
    await groups.close();
  });
  await topics.ensureTopics([{ name, partitions: 2 }]);
  const all = Array.from({ length: records }, (_, n) => record(`${n}`, 'x'));
  await topics.write(name, all);
  return { name, topics, groups };
}

it('says how far a group is behind, from the start for one that never read', async () => {
  const { name, topics, groups } = await topicWithReader(5);
  expect(await groups.lag(name, name)).toBe(5);
  const running = await topics.subscribe({
    ...{ topic: name, group: name, from: 'earliest' },
    onRecords: (lease, records) => lease.commit((records.at(-1)?.offset ?? 0n) + 1n),
  });
  await vi.waitFor(async () => expect(await groups.lag(name, name)).toBe(0), PATIENCE);
  await running.stop();
});

it('tells where a group goes on, of partitions of which it has committed anything', async () => {
  const { name, topics, groups } = await topicWithReader(0);
  expect(await groups.committed(name, name)).toEqual(new Map());
  await topics.write(name, [record('k', 'x'), record('k', 'y')]);
  const running = await topics.subscribe({
    ...{ topic: name, group: name, from: 'earliest' },
    onRecords: (lease, records) => lease.commit((records.at(-1)?.offset ?? 0n) + 1n),
  });
  await vi.waitFor(async () => expect(await groups.lag(name, name)).toBe(0), PATIENCE);
  await running.stop();
  expect([...(await groups.committed(name, name)).values()]).toEqual([2n]);
});

it('deletes a group and a topic, once its readers have left, and not twice', async () => {
  const { name, topics, groups } = await topicWithReader(1);
  const running = await topics.subscribe({
    ...{ topic: name, group: name, from: 'earliest' },
    onRecords: (lease, records) => lease.commit((records.at(-1)?.offset ?? 0n) + 1n),
  });
  await expect(groups.dropGroups([name], 0)).rejects.toMatchObject({ code: 'topic' });
  const dropping = groups.dropGroups([name], 20_000);
  await running.stop();
  expect(await dropping).toEqual([name]);
  expect(await groups.dropGroups([name], 0)).toEqual([]);
  expect(await groups.dropTopics([name])).toEqual([name]);
  await vi.waitFor(async () => expect(await groups.dropTopics([name])).toEqual([]), PATIENCE);
});
