import { randomUUID } from 'node:crypto';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type {
  PartitionLease,
  StoredRecord,
  Subscription,
  TopicAdmin,
  TopicReader,
  TopicRecord,
  TopicWriter,
} from './topic.ts';

type Topics = TopicWriter & TopicReader & TopicAdmin;

const PARTITIONS = 3;
const PATIENCE = { timeout: 20_000, interval: 20 };

/** A record of the contract's own making; the value tells which. */
export function record(key: string | null, value: string): TopicRecord {
  return { key, value: Buffer.from(value), headers: {} };
}

/** A reader that keeps what it is given, and commits only when told to. */
function collector() {
  const records: StoredRecord[] = [];
  const leases = new Map<number, PartitionLease>();
  const subscription: Pick<Subscription, 'onRecords'> = {
    onRecords: async (lease, given) => {
      leases.set(lease.partition, lease);
      records.push(...given);
    },
  };
  const commitAll = async (): Promise<void> => {
    for (const { partition, offset } of records) await leases.get(partition)?.commit(offset + 1n);
  };
  const values = (): string[] => records.map(({ value }) => String(value)).sort();
  return { records, leases, subscription, commitAll, values };
}

/** What every implementation of the topic port does. `open` is called once, at the first test. */
export function describeTopicContract(name: string, open: () => Topics): void {
  describe(`topic contract: ${name}`, () => {
    let topics: Topics | undefined;
    const fresh = async (): Promise<{ topics: Topics; topic: string; group: string }> => {
      topics ??= open();
      const topic = `contract-${randomUUID()}`;
      await topics.ensureTopics([{ name: topic, partitions: PARTITIONS }]);
      return { topics, topic, group: `group-of-${topic}` };
    };
    const join = async (
      reader: Topics,
      subscription: Omit<Subscription, 'from'> & Partial<Subscription>,
    ) => {
      const running = await reader.subscribe({ from: 'earliest', ...subscription });
      onTestFinished(() => running.stop());
      return running;
    };

    it('keeps the records of one key in one partition, in the order written', async () => {
      const { topics, topic, group } = await fresh();
      const numbers = Array.from({ length: 120 }, (_, i) => i);
      await topics.write(
        topic,
        numbers.map((i) => record(`key-${i % 10}`, String(i))),
      );
      const seen = collector();
      await join(topics, { topic, group, ...seen.subscription });
      await vi.waitFor(() => expect(seen.records).toHaveLength(120), PATIENCE);
      const partitionOf = new Map<string | null, number>();
      const lastOf = new Map<string | null, number>();
      for (const { key, partition, value } of seen.records) {
        expect(partitionOf.get(key) ?? partition).toBe(partition);
        expect(Number(value)).toBeGreaterThan(lastOf.get(key) ?? -1);
        partitionOf.set(key, partition);
        lastOf.set(key, Number(value));
      }
      expect(new Set(partitionOf.values()).size).toBe(PARTITIONS);
    });

    it('puts a key where the default partitioner of Kafka puts it', async () => {
      const { topics, topic, group } = await fresh();
      // murmur2 of these, sign bit cleared, modulo 3.
      const expected = { '21': 1173551340 % 3, foobar: 1357151166 % 3, abc: 479470107 % 3 };
      await topics.write(
        topic,
        Object.keys(expected).map((key) => record(key, key)),
      );
      const seen = collector();
      await join(topics, { topic, group, ...seen.subscription });
      await vi.waitFor(() => expect(seen.records).toHaveLength(3), PATIENCE);
      const actual = Object.fromEntries(seen.records.map((r) => [r.key, r.partition]));
      expect(actual).toEqual(expected);
    });

    it('gives back key, value, headers and timestamp as written, null key and tombstone too', async () => {
      const { topics, topic, group } = await fresh();
      const written: TopicRecord[] = [
        {
          key: 'é:ü',
          value: Buffer.from([0, 255, 10]),
          headers: { ce_id: 'a b', 'content-type': 'text/plain' },
          timestampMs: 1_500_772_007_000,
        },
        { key: null, value: Buffer.from('x'), headers: {}, timestampMs: 1_500_772_008_000 },
        { key: 'tombstone', value: null, headers: {}, timestampMs: 1_500_772_009_000 },
      ];
      await topics.write(topic, written);
      const seen = collector();
      await join(topics, { topic, group, ...seen.subscription });
      await vi.waitFor(() => expect(seen.records).toHaveLength(3), PATIENCE);
      const byTime = seen.records.toSorted((a, b) => a.timestampMs - b.timestampMs);
      for (const [i, { key, value, headers, timestampMs }] of byTime.entries()) {
        expect({ key, value, headers: { ...headers }, timestampMs }).toEqual(written[i]);
      }
    });

    it('begins at the latest record where a group asks for that', async () => {
      const { topics, topic, group } = await fresh();
      await topics.write(topic, [record('k', 'before')]);
      const seen = collector();
      await join(topics, { topic, group, from: 'latest', ...seen.subscription });
      await topics.write(topic, [record('k', 'after')]);
      await vi.waitFor(() => expect(seen.values()).toEqual(['after']), PATIENCE);
    });

    it('goes on where it first began, also when nothing had come by then', async () => {
      const { topics, topic, group } = await fresh();
      await topics.write(topic, [record('k', 'before')]);
      const latest = { topic, group, from: 'latest' } as const;
      const first = await join(topics, { ...latest, ...collector().subscription });
      await first.stop();
      await topics.write(topic, [record('k', 'meanwhile')]);
      const again = collector();
      await join(topics, { ...latest, ...again.subscription });
      await vi.waitFor(() => expect(again.values()).toEqual(['meanwhile']), PATIENCE);
    });

    it('delivers again what was not committed, and goes on after what was', async () => {
      const { topics, topic, group } = await fresh();
      await topics.write(topic, [record('k', '1'), record('k', '2'), record('k', '3')]);
      const first = collector();
      const running = await join(topics, { topic, group, ...first.subscription });
      await vi.waitFor(() => expect(first.records).toHaveLength(3), PATIENCE);
      const second = first.records[1] as StoredRecord;
      await first.leases.get(second.partition)?.commit(second.offset);
      await running.stop();
      const again = collector();
      await join(topics, { topic, group, ...again.subscription });
      await vi.waitFor(() => expect(again.values()).toEqual(['2', '3']), PATIENCE);
    });

    it('ignores a commit once the lease is over', async () => {
      const { topics, topic, group } = await fresh();
      await topics.write(topic, [record('k', '1')]);
      const seen = collector();
      const running = await join(topics, { topic, group, ...seen.subscription });
      await vi.waitFor(() => expect(seen.records).toHaveLength(1), PATIENCE);
      await running.stop();
      expect([...seen.leases.values()].every(({ signal }) => signal.aborted)).toBe(true);
      await seen.commitAll();
      const again = collector();
      await join(topics, { topic, group, ...again.subscription });
      await vi.waitFor(() => expect(again.values()).toEqual(['1']), PATIENCE);
    });

    it('gives every group all records', async () => {
      const { topics, topic, group } = await fresh();
      await topics.write(topic, [record('a', '1'), record('b', '2')]);
      const one = collector();
      const two = collector();
      await join(topics, { topic, group: `${group}-1`, ...one.subscription });
      await join(topics, { topic, group: `${group}-2`, ...two.subscription });
      await vi.waitFor(() => expect(one.values()).toEqual(['1', '2']), PATIENCE);
      await vi.waitFor(() => expect(two.values()).toEqual(['1', '2']), PATIENCE);
    });

    it('waits with the next records of a partition until the reader is done', async () => {
      const { topics, topic, group } = await fresh();
      const gate = Promise.withResolvers<void>();
      let calls = 0;
      const running = await join(topics, {
        topic,
        group,
        onRecords: async () => {
          calls += 1;
          await gate.promise;
        },
      });
      await topics.write(topic, [record('k', '1')]);
      await vi.waitFor(() => expect(calls).toBe(1), PATIENCE);
      await topics.write(topic, [record('k', '2')]);
      expect(await running.lag()).toBe(2);
      expect(calls).toBe(1);
      gate.resolve();
      await vi.waitFor(() => expect(calls).toBe(2), PATIENCE);
    });

    it('stops only when the reader is done, and lets it commit at the last moment', async () => {
      const { topics, topic, group } = await fresh();
      const gate = Promise.withResolvers<void>();
      const entered = Promise.withResolvers<void>();
      const events: string[] = [];
      const running = await join(topics, {
        topic,
        group,
        onRecords: async () => {
          entered.resolve();
          await gate.promise;
          events.push('done');
        },
        onRelease: async (lease, reason) => {
          if (events.length === 0) return;
          events.push(reason);
          await lease.commit(1n);
        },
      });
      await topics.write(topic, [record('k', '1')]);
      await entered.promise;
      const stopping = running.stop().then(() => events.push('stopped'));
      gate.resolve();
      await stopping;
      expect(events[0]).toBe('done');
      expect(events).toContain('stop');
      expect(events.at(-1)).toBe('stopped');
      const again = await join(topics, { topic, group, ...collector().subscription });
      expect(await again.lag()).toBe(0);
    });

    it('gives so many records at once as the reader takes, at most', async () => {
      const { topics, topic, group } = await fresh();
      const records = Array.from({ length: 300 }, (_, i) => record('k', String(i)));
      await topics.write(topic, records);
      const seen = collector();
      const sizes: number[] = [];
      const onRecords: Subscription['onRecords'] = (lease, chunk) => {
        sizes.push(chunk.length);
        return seen.subscription.onRecords(lease, chunk);
      };
      await join(topics, { topic, group, ...seen.subscription, maxRecords: 120, onRecords });
      await vi.waitFor(() => expect(seen.records).toHaveLength(300), PATIENCE);
      expect(Math.max(...sizes)).toBe(120);
    });

    it('counts as lag what the group has not committed', async () => {
      const { topics, topic, group } = await fresh();
      await topics.write(topic, [record('a', '1'), record('b', '2'), record('c', '3')]);
      const seen = collector();
      const running = await join(topics, { topic, group, ...seen.subscription });
      await vi.waitFor(() => expect(seen.records).toHaveLength(3), PATIENCE);
      expect(await running.lag()).toBe(3);
      await seen.commitAll();
      expect(await running.lag()).toBe(0);
    });

    it('shares the partitions among the readers of a group, and gives those of one that leaves to the others', async () => {
      const { topics, topic, group } = await fresh();
      const one = collector();
      const two = collector();
      const first = await join(topics, { topic, group, ...one.subscription });
      await join(topics, { topic, group, ...two.subscription });
      const write = (round: string): Promise<void> =>
        topics.write(
          topic,
          Array.from({ length: 30 }, (_, i) => record(`key-${i}`, `${round}-${i}`)),
        );
      await write('a');
      const both = (): Set<string> => new Set([...one.values(), ...two.values()]);
      await vi.waitFor(() => expect(both().size).toBe(30), PATIENCE);
      expect(one.records.length).toBeGreaterThan(0);
      expect(two.records.length).toBeGreaterThan(0);
      await first.stop();
      await write('b');
      const ofTwo = (): string[] => two.values().filter((value) => value.startsWith('b'));
      await vi.waitFor(() => expect(new Set(ofTwo()).size).toBe(30), PATIENCE);
    });

    it('creates a topic once, however often it is asked to', async () => {
      const { topics, topic } = await fresh();
      await topics.ensureTopics([{ name: topic, partitions: PARTITIONS }]);
      await topics.write(topic, [record('k', '1')]);
      expect(await topics.problem()).toBeUndefined();
    });
  });
}
