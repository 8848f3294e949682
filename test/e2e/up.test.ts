import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { brokersForTests } from '#shared/kafka/kafka-test-brokers.ts';
import { createKafkaTopics } from '#shared/kafka/kafka-topics.ts';
import { createLog } from '#shared/log.ts';
import { consumeWithHeaders, produceLines } from '../kafka-console.ts';
import { startForTest } from './start-for-test.ts';

const BROKERS = (): string => brokersForTests().join(',');
const PATIENCE = { timeout: 60_000, interval: 100 };
const log = createLog('e2e', 'silent');

/** A pair's total by score's own word. */
async function totalOf(scoreUrl: string, origin: string, target: string): Promise<string> {
  const response = await fetch(`${scoreUrl}/pairs/${origin}/${target}`);
  return ((await response.json()) as { total: string }).total;
}

async function write(topic: string, values: readonly string[]): Promise<void> {
  const topics = createKafkaTopics({ brokers: brokersForTests(), log });
  const records = values.map((value) => ({ key: null, value: Buffer.from(value), headers: {} }));
  await topics.write(topic, records);
  await topics.close();
}

describe('./splitwatch up, on a real broker and a real Redis', () => {
  it("scores the seeds' own lines, typed with the broker's console producer, and tells in the seeds' format", async () => {
    const up = await startForTest();
    onTestFinished(() => up.stop());
    await produceLines(BROKERS(), up.names.transactions, [
      'Sunday, 23-Jul-17 01:06:47 UTC;66;26;5175',
      '2017-07-23T01:06:48Z;66;26;6437',
    ]);
    await vi.waitFor(() => {
      const text = up.output.join('\n');
      expect(text).toContain('Detected Fraud:   TransactionAggregate {');
      expect(text).toContain('totalAmount=11612:');
      expect(text).toContain("origin=66, target='26', amount=6437}");
    }, PATIENCE);
    const shown = await consumeWithHeaders(BROKERS(), up.names.fraud, 1);
    expect(shown).toContain('ce_type:io.splitwatch.fraud.v1');
    expect(shown).toContain('"total":"11612.00"');
    await up.stop();
    const stats = await up.stats();
    expect(stats).toMatchObject({ score: { delivered: 2, lost: 0, lag: 0 } });
    expect(await up.stats()).toBe(stats); // kept: nobody connects to Kafka again
  });

  it('keeps what cannot be scored in the dead-letter topic, with its reason (L4)', async () => {
    const up = await startForTest();
    onTestFinished(() => up.stop());
    await write(up.names.transactions, ['not a transaction', '2017-07-23T01:06:47Z;1;2;-5']);
    await vi.waitFor(async () => {
      expect((await up.stats()).score).toMatchObject({ deadLettered: 2, lag: 0 });
    }, PATIENCE);
    const shown = await consumeWithHeaders(BROKERS(), up.names.transactionsDeadLetters, 2);
    expect(shown).toContain('ce_reason:malformed');
    expect(shown).toContain('ce_reason:invalid');
    expect(shown).toContain('ce_knativeerrorcode:400');
    expect(shown).toContain('not a transaction');
  });

  it('starts a score again that was killed, and loses nothing (L2)', async () => {
    const up = await startForTest({ scoreProcesses: 2 });
    onTestFinished(() => up.stop());
    const line = (i: number): string =>
      `${new Date(Date.UTC(2026, 0, 5, 9, 0, 0, i)).toISOString()};7;8;1.00`;
    const lines = (from: number, to: number): string[] =>
      Array.from({ length: to - from }, (_, i) => line(from + i));
    await write(up.names.transactions, lines(0, 400));
    await vi.waitFor(async () => {
      expect((await up.stats()).score.delivered).toBeGreaterThan(50);
    }, PATIENCE);
    up.functions.score[0]?.kill();
    await write(up.names.transactions, lines(400, 800));
    await vi.waitFor(async () => {
      const { score } = await up.stats();
      expect(score).toMatchObject({ lag: 0, lost: 0, deadLettered: 0 });
    }, PATIENCE);
    await vi.waitFor(() => expect(up.reports.join('\n')).toContain('score runs again'), PATIENCE);
    expect(await totalOf(up.scoreUrls[0] as string, '7', '8')).toBe('800.00');
    expect((await up.stats()).restarts).toBe(1);
  });

  it('has generate write transactions that come out scored', async () => {
    const up = await startForTest();
    onTestFinished(() => up.stop());
    const response = await fetch(up.generateUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"count":500}',
    });
    expect(await response.json()).toMatchObject({ written: 500 });
    await vi.waitFor(async () => {
      const { score } = await up.stats();
      expect(score.delivered + score.deadLettered).toBe(500);
      expect(score.lag).toBe(0);
    }, PATIENCE);
  });

  it('ends everything that it started when one part cannot be started', async () => {
    const starting = startForTest({ redisUrl: 'redis://127.0.0.1:1' });
    await expect(starting).rejects.toThrow('--redis redis://127.0.0.1:1');
    await expect(startForTest({ kafkaBrokers: ['127.0.0.1:1'] })).rejects.toThrow(
      '--kafka 127.0.0.1:1: no broker answers there',
    );
  });
});
