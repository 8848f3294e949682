import { randomUUID } from 'node:crypto';
import { expect, it, onTestFinished } from 'vitest';
import { encodeFraud } from '#shared/events/fraud-event.ts';
import { brokersForTests } from '#shared/kafka/kafka-test-brokers.ts';
import { createKafkaTopics } from '#shared/kafka/kafka-topics.ts';
import { createLog } from '#shared/log.ts';
import { consumeWithHeaders } from '../../test/kafka-console.ts';
import { startKafkaSink } from './kafka-sink.ts';

const log = createLog('kafka-sink-test', 'silent');

it("writes fraud events that the broker's own console consumer shows as binary CloudEvents (W2)", async () => {
  const brokers = brokersForTests();
  const writer = createKafkaTopics({ brokers, log });
  onTestFinished(() => writer.close());
  const topic = `fraud-${randomUUID()}`;
  await writer.ensureTopics([{ name: topic, partitions: 1 }]);
  const sinks = [{ name: 'fraud', topic, contentMode: 'binary' as const }];
  const sink = await startKafkaSink({ writer, sinks, log });
  onTestFinished(() => sink.stop());
  const { headers, body } = encodeFraud({
    alertId: 'a1b2',
    sequence: 1,
    rule: { id: 'pair-total', version: 1 },
    pair: { origin: 'Zoë', target: '26', currency: 'USD' },
    firstTimeMs: 1_562_784_330_000,
    lastTimeMs: 1_562_784_331_000,
    totalMinor: 1_161_200n,
    thresholdMinor: 1_000_000,
    windowMs: 600_000,
    transactionCount: 2,
    truncated: false,
    transactions: [
      { id: '/x#1', eventTimeMs: 1_562_784_330_000, amountMinor: 517_500 },
      { id: '/x#2', eventTimeMs: 1_562_784_331_000, amountMinor: 643_700 },
    ],
  });
  const response = await fetch(sink.urlOf('fraud'), { method: 'POST', headers, body });
  expect(response.status).toBe(202);
  const shown = await consumeWithHeaders(brokers.join(','), topic, 1);
  for (const header of [
    'ce_specversion:1.0',
    'ce_id:a1b2/1',
    'ce_source:/splitwatch/score',
    'ce_type:io.splitwatch.fraud.v1',
    'ce_sequence:1',
    'ce_subject:Zo%C3%AB:26',
    'content-type:application/json',
  ]) {
    expect(shown).toContain(header);
  }
  const [, key, value] = shown.trim().split('\t');
  expect(key).toBe('Zo%C3%AB:26');
  expect(JSON.parse(value as string)).toMatchObject({ alertId: 'a1b2', total: '11612.00' });
});

it('answers 503 when the broker has no such topic', async () => {
  const writer = createKafkaTopics({ brokers: brokersForTests(), log, writeTimeoutMs: 4000 });
  onTestFinished(() => writer.close());
  const sinks = [{ name: 'fraud', topic: `missing-${randomUUID()}` }];
  const sink = await startKafkaSink({ writer, sinks, log });
  onTestFinished(() => sink.stop());
  const headers = { 'ce-specversion': '1.0', 'ce-id': '1', 'ce-source': '/s', 'ce-type': 't' };
  const response = await fetch(sink.urlOf('fraud'), { method: 'POST', headers });
  expect(response.status).toBe(503);
  expect(sink.stats()).toMatchObject({ failed: 1 });
});
