import { describe, expect, test } from 'vitest';
import type { TopicRecord } from '#shared/kafka/topic.ts';
import type { Clock } from './clock.ts';
import type { Label } from './core/label.ts';
import { traffic } from './core/traffic.ts';
import { type GenerateOptions, type GeneratePorts, generate } from './generate.ts';

/** A clock that only moves when somebody sleeps. */
function createSleepingClock(): Clock & { readonly sleeps: readonly number[] } {
  let nowMs = 1_000_000;
  const sleeps: number[] = [];
  return {
    sleeps,
    nowMs: () => nowMs,
    sleep: async (ms) => {
      nowMs += ms;
      if (ms > 0) sleeps.push(ms);
    },
  };
}

async function run(options: Partial<GenerateOptions>, ports: Partial<GeneratePorts> = {}) {
  const clock = createSleepingClock();
  const writes: { atMs: number; records: readonly TopicRecord[] }[] = [];
  const labels: Label[] = [];
  const summary = await generate(
    { traffic: { count: 1000 }, speed: undefined, ...options },
    {
      clock,
      write: async (records) => {
        writes.push({ atMs: clock.nowMs() - 1_000_000, records });
      },
      writeLabels: async (of) => {
        labels.push(...of);
      },
      ...ports,
    },
  );
  return { summary, writes, labels, clock, records: writes.flatMap((write) => write.records) };
}

const headersOf = (records: readonly TopicRecord[]) =>
  records.map((record) => record.headers.ce_id);

describe('generate', () => {
  test('writes the traffic as binary CloudEvents, in order, and sums it up (W1)', async () => {
    const { summary, records, labels } = await run({ traffic: { count: 5000, seed: 3 } });
    const deliveries = [...traffic({ count: 5000, seed: 3 })].flatMap((item) =>
      'delivery' in item ? [item.delivery] : [],
    );
    expect(headersOf(records)).toEqual(deliveries.map((delivery) => delivery.eventId));
    const { origin, target } = deliveries[0]?.transaction ?? {};
    expect(records[0]).toMatchObject({
      key: `${origin}:${target}`,
      headers: { ce_source: '/splitwatch/generate', ce_type: 'io.splitwatch.transaction.v1' },
    });
    expect(summary).toMatchObject({
      written: 5000,
      repeated: deliveries.filter((delivery) => delivery.isRepeat).length,
      labels: labels.length,
      lastTimeMs: deliveries.at(-1)?.transaction.eventTimeMs,
    });
    expect(labels.length).toBeGreaterThan(0);
  });

  test('sends each delivery when its event time has passed at the set speed, not before', async () => {
    const options = { count: 200, ratePerSecond: 2, duplicateShare: 0 };
    const { writes, summary } = await run({ traffic: options, speed: 60 });
    const due = [...traffic(options)].flatMap((item) =>
      'delivery' in item ? [item.delivery.dueMs / 60] : [],
    );
    const sent = writes.flatMap(({ atMs, records }) => records.map(() => atMs));
    sent.forEach((atMs, i) => {
      expect(atMs).toBeGreaterThanOrEqual(due[i] as number);
      expect(atMs - (due[i] as number)).toBeLessThan(2);
    });
    expect(summary.elapsedMs).toBeCloseTo(sent.at(-1) as number, 0);
  });

  test('writes without a pause when no speed is set, in batches of bounded size', async () => {
    const { writes, clock } = await run({ traffic: { count: 1050 }, batchMax: 100 });
    expect(writes.map((write) => write.records.length)).toEqual([...Array(10).fill(100), 50]);
    expect(clock.sleeps).toEqual([]);
  });

  test('gathers what came due while writing was slow, one write at a time', async () => {
    const clock = createSleepingClock();
    const sizes: number[] = [];
    let isWriting = false;
    const write = async (records: readonly TopicRecord[]): Promise<void> => {
      expect(isWriting).toBe(false);
      isWriting = true;
      sizes.push(records.length);
      await clock.sleep(1000);
      isWriting = false;
    };
    const options = { count: 500, ratePerSecond: 50 };
    await run({ traffic: options, speed: 1 }, { clock, write });
    expect(sizes.reduce((a, b) => a + b)).toBe(500);
    expect(sizes.length).toBeLessThan(20);
  });

  test('stops at the signal, keeping what was written and nothing half', async () => {
    const stop = new AbortController();
    let written = 0;
    const write = async (records: readonly TopicRecord[]): Promise<void> => {
      written += records.length;
      if (written >= 300) stop.abort();
    };
    const endless = { traffic: {}, batchMax: 100, signal: stop.signal };
    expect((await run(endless, { write })).summary).toMatchObject({ written: 300 });
  });

  test('rejects with what the writer rejects with, at once', async () => {
    const write = () => Promise.reject(new Error('away'));
    await expect(run({}, { write })).rejects.toThrow('away');
  });

  test('tells of a batch and writes its labels before its records', async () => {
    const order: string[] = [];
    await run(
      { traffic: { count: 500, plantedShare: 1 }, batchMax: 500 },
      {
        onBatch: ({ deliveries, labels }) =>
          order.push(`${deliveries.length} ${labels.length > 0}`),
        writeLabels: async () => void order.push('labels'),
        write: async () => void order.push('records'),
      },
    );
    expect(order).toEqual(['500 true', 'labels', 'records']);
  });

  test('writes the seeds’ lines with whole seconds, the key kept, nothing twice (S4)', async () => {
    const { records, summary } = await run({
      traffic: { count: 2000, duplicateShare: 0.5, startTimeMs: 1_500_000_000_123 },
      format: 'line',
    });
    expect(summary.repeated).toBe(0);
    for (const { key, value, headers } of records) {
      const line = /^Friday, 14-Jul-17 \d\d:\d\d:\d\d UTC;(\d+);(\d+);\d+(\.\d\d)?$/.exec(
        `${value}`,
      );
      expect(key).toBe(`${line?.[1]}:${line?.[2]}`);
      expect(headers).toEqual({});
    }
  });
});
