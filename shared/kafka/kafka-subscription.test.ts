import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createLog } from '#shared/log.ts';
import { KafkaSubscription } from './kafka-subscription.ts';
import { type Script, type ScriptedConsumer, scriptedKafka } from './scripted-consumer.ts';
import type { PartitionLease, Subscription } from './topic.ts';

const log = createLog('kafka-subscription-test', 'silent');
const joinsAtOnce = (consumer: ScriptedConsumer): void => consumer.join([0]);
const crashesAtOnce = (consumer: ScriptedConsumer): void => consumer.crash(false);

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function subscribe(script: Script, subscription: Partial<Subscription> = {}) {
  const scripted = scriptedKafka(script);
  const seen: Array<{ lease: PartitionLease; offset: number }> = [];
  const onRecords: Subscription['onRecords'] = async (lease, records) => {
    for (const { offset } of records) seen.push({ lease, offset: Number(offset) });
  };
  const given: Subscription = { topic: 't', group: 'g', from: 'earliest', onRecords };
  const running = new KafkaSubscription(
    { ...given, ...subscription },
    {
      ...{ kafka: scripted.kafka, brokers: ['b:1'], log, endsOfNew: async () => new Map() },
      sessionTimeoutMs: 10_000,
      joinTimeoutMs: 3000,
    },
  );
  onTestFinished(() => running.stop());
  const consumer = (index: number): ScriptedConsumer => {
    const made = scripted.consumers[index];
    if (made === undefined) throw new Error(`there is no consumer ${index} yet`);
    return made;
  };
  return { ...scripted, running, seen, consumer };
}

describe('a reader that joins its group again (L2)', () => {
  it('takes nothing that was fetched before, and skips nothing', async () => {
    const { running, seen, consumer } = subscribe({ onRun: joinsAtOnce });
    await running.start();
    await consumer(0).batch(0, 0, 200);
    await vi.waitFor(() => expect(seen).toHaveLength(200));
    // One broker's fetch finds its leader moved and joins again, nothing is committed; another
    // broker then answers what it was asked before.
    consumer(0).join([0]);
    await consumer(0).batch(0, 200, 100);
    await vi.waitFor(() => consumer(1));
    await consumer(0).batch(0, 300, 100);
    await consumer(1).batch(0, 0, 50);
    await vi.waitFor(() => expect(seen).toHaveLength(250));
    const later = seen.slice(200);
    expect(later.map(({ offset }) => offset)).toEqual(Array.from({ length: 50 }, (_, i) => i));
    expect(new Set(later.map(({ lease }) => lease)).size).toBe(1);
  });

  it('has left the group with the consumer that it gives up', async () => {
    const { running, consumer, consumers } = subscribe({ onRun: joinsAtOnce });
    await running.start();
    consumer(0).join([0]);
    await vi.waitFor(() => consumer(1));
    expect(consumers.map(({ isConnected }) => isConnected)).toEqual([false, true]);
  });

  it('commits what is settled before it gives its consumer up', async () => {
    const order: string[] = [];
    const script: Script = {
      onRun: (consumer) => {
        order.push('run');
        consumer.join([0]);
      },
      onCommit: async (offset) => {
        await Promise.resolve();
        order.push(`committed ${offset}`);
      },
    };
    const onRelease: Subscription['onRelease'] = (lease) => lease.commit(7n);
    const { running, consumer } = subscribe(script, { onRelease });
    await running.start();
    consumer(0).join([0]);
    await vi.waitFor(() => consumer(1));
    expect(order.slice(0, 3)).toEqual(['run', 'committed 7', 'run']);
  });

  it('keeps its consumer after a rebalance, for which kafkajs has ended all fetches', async () => {
    const { running, seen, consumer, consumers } = subscribe({ onRun: joinsAtOnce });
    await running.start();
    consumer(0).rebalancing();
    consumer(0).join([0, 1]);
    await consumer(0).batch(1, 0, 10);
    await vi.waitFor(() => expect(seen).toHaveLength(10));
    expect(consumers).toHaveLength(1);
  });

  it('ends each lease as the group is rebalanced, and begins new ones', async () => {
    const { running, seen, consumer } = subscribe({ onRun: joinsAtOnce });
    await running.start();
    await consumer(0).batch(0, 0, 1);
    consumer(0).rebalancing();
    consumer(0).join([0]);
    await consumer(0).batch(0, 0, 1);
    await vi.waitFor(() => expect(seen).toHaveLength(2));
    expect(seen.map(({ lease }) => lease.signal.aborted)).toEqual([true, false]);
  });

  it('takes nothing more while it stops', async () => {
    const gate = Promise.withResolvers<void>();
    const onRecords = vi.fn(() => gate.promise);
    const { running, consumer } = subscribe({ onRun: joinsAtOnce }, { onRecords });
    await running.start();
    await consumer(0).batch(0, 0, 1);
    const stopping = running.stop();
    consumer(0).rebalancing();
    consumer(0).join([0]);
    await consumer(0).batch(0, 0, 1);
    gate.resolve();
    await stopping;
    expect(onRecords).toHaveBeenCalledTimes(1);
  });

  it('does not listen to a consumer that it gave up', async () => {
    const { running, seen, consumer, consumers } = subscribe({ onRun: joinsAtOnce });
    await running.start();
    consumer(0).join([0]);
    await vi.waitFor(() => consumer(1));
    await consumer(1).batch(0, 0, 1);
    await vi.waitFor(() => expect(seen).toHaveLength(1));
    consumer(0).rebalancing();
    consumer(0).crash(false);
    await vi.advanceTimersByTimeAsync(5000);
    expect(seen[0]?.lease.signal.aborted).toBe(false);
    expect(consumers).toHaveLength(2);
  });
});

describe('a reader whose consumer crashes for good', () => {
  it('tries one new consumer at a time, and is one member when it is back', async () => {
    const script: Script = { onRun: joinsAtOnce };
    const { running, consumer, consumers } = subscribe(script);
    await running.start();
    script.onRun = crashesAtOnce;
    consumer(0).crash(false);
    await vi.advanceTimersByTimeAsync(6500);
    expect(consumers).toHaveLength(7);
    script.onRun = joinsAtOnce;
    await vi.advanceTimersByTimeAsync(5000);
    expect(consumers).toHaveLength(8);
    expect(consumers.filter(({ isConnected }) => isConnected)).toHaveLength(1);
    await running.stop();
    expect(consumers.filter(({ isConnected }) => isConnected)).toHaveLength(0);
  });

  it('leaves nothing behind when it was never taken in', async () => {
    const { running, consumers } = subscribe({ onRun: crashesAtOnce });
    await expect(running.start()).rejects.toMatchObject({ code: 'topic' });
    expect(vi.getTimerCount()).toBe(0);
    await vi.advanceTimersByTimeAsync(5000);
    expect(consumers.map(({ isConnected }) => isConnected)).toEqual([false]);
  });

  it('is not started again once it is stopped', async () => {
    const { running, consumer, consumers } = subscribe({ onRun: joinsAtOnce });
    await running.start();
    consumer(0).crash(false);
    await running.stop();
    await vi.advanceTimersByTimeAsync(5000);
    expect(consumers).toHaveLength(1);
  });
});

describe('a reader whose kafkajs is down for a moment', () => {
  it('goes on with what it holds, though nothing can be paused', async () => {
    const { running, seen, consumer } = subscribe({ onRun: joinsAtOnce });
    await running.start();
    consumer(0).isRunning = false;
    await consumer(0).batch(0, 0, 600);
    await vi.waitFor(() => expect(seen).toHaveLength(600));
  });

  it('says that nothing is committed, where kafkajs says nothing', async () => {
    const { running, seen, consumer, commits } = subscribe({ onRun: joinsAtOnce });
    await running.start();
    await consumer(0).batch(0, 0, 1);
    await vi.waitFor(() => expect(seen).toHaveLength(1));
    consumer(0).isRunning = false;
    await expect(seen[0]?.lease.commit(1n)).rejects.toMatchObject({ code: 'topic' });
    expect(commits).toEqual([]);
  });
});

describe('commits of a partition', () => {
  async function withSlowBroker() {
    const answers: Array<() => void> = [];
    const { running, seen, consumer, commits } = subscribe({
      onRun: joinsAtOnce,
      onCommit: () => new Promise((resolve) => answers.push(resolve)),
    });
    await running.start();
    await consumer(0).batch(0, 0, 20);
    await vi.waitFor(() => expect(seen).toHaveLength(20));
    return { lease: seen[0]?.lease as PartitionLease, answers, commits };
  }

  it('are made one after the other', async () => {
    const { lease, answers, commits } = await withSlowBroker();
    const both = [lease.commit(5n), lease.commit(9n)];
    await vi.advanceTimersByTimeAsync(10);
    expect(answers).toHaveLength(1);
    answers[0]?.();
    await vi.waitFor(() => expect(answers).toHaveLength(2));
    answers[1]?.();
    await Promise.all(both);
    expect(commits).toEqual(['5', '9']);
  });

  it('never go back', async () => {
    const { lease, answers, commits } = await withSlowBroker();
    const both = [lease.commit(9n), lease.commit(5n)];
    answers[0]?.();
    await Promise.all(both);
    await lease.commit(9n);
    expect(commits).toEqual(['9']);
  });
});
