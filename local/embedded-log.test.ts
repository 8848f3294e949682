import { describe, expect, it, vi } from 'vitest';
import { describeTopicContract, record } from '#shared/kafka/topic-contract.ts';
import { createEmbeddedLog } from './embedded-log.ts';

describeTopicContract('embedded log', () => createEmbeddedLog());

describe('embedded log', () => {
  it('forgets old records that every reading group has committed, so that memory stays bounded', async () => {
    const log = createEmbeddedLog({ partitions: 1, retainRecords: 100 });
    let seen = 0;
    await log.subscribe({
      topic: 't',
      group: 'g',
      from: 'earliest',
      onRecords: async (lease, records) => {
        seen += records.length;
        await lease.commit((records.at(-1)?.offset ?? 0n) + 1n);
      },
    });
    for (let i = 0; i < 50; i++) {
      await log.write(
        't',
        Array.from({ length: 20 }, () => record('k', 'x')),
      );
      await vi.waitFor(() => expect(seen).toBe((i + 1) * 20));
    }
    let late = 0;
    const onRecords = async (_lease: unknown, records: readonly unknown[]): Promise<void> => {
      late += records.length;
    };
    await log.subscribe({ topic: 't', group: 'late', from: 'earliest', onRecords });
    await vi.waitFor(() => expect(late).toBeGreaterThanOrEqual(100));
    expect(late).toBeLessThanOrEqual(125);
  });

  it('refuses to write, rather than to drop, when a reader is too far behind', async () => {
    const log = createEmbeddedLog({ partitions: 1, retainRecords: 5, maxRecords: 10 });
    const onRecords = async (): Promise<void> => {};
    await log.subscribe({ topic: 't', group: 'idle', from: 'earliest', onRecords });
    for (let i = 0; i < 10; i++) await log.write('t', [record('k', 'x')]);
    await expect(log.write('t', [record('k', 'x')])).rejects.toMatchObject({ code: 'topic' });
  });

  it('drops the oldest where nobody reads', async () => {
    const log = createEmbeddedLog({ partitions: 1, retainRecords: 5, maxRecords: 10 });
    for (let i = 0; i < 100; i++) await log.write('t', [record('k', String(i))]);
    const values: string[] = [];
    await log.subscribe({
      topic: 't',
      group: 'g',
      from: 'earliest',
      onRecords: async (_lease, records) => {
        values.push(...records.map(({ value }) => String(value)));
      },
    });
    await vi.waitFor(() => expect(values.at(-1)).toBe('99'));
    expect(values.length).toBeLessThanOrEqual(10);
  });

  it('refuses everything once closed', async () => {
    const log = createEmbeddedLog();
    await log.close();
    await expect(log.write('t', [record('k', 'x')])).rejects.toMatchObject({ code: 'topic' });
    expect(await log.problem()).toContain('closed');
  });
});
