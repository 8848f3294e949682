import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { StoredRecord } from '#shared/kafka/topic.ts';
import { createEmbeddedLog } from './embedded-log.ts';
import { sendToScore } from './send-to-score.ts';
import { sendToTopic } from './send-to-topic.ts';

async function scoreThatAnswers(status: number, answer: object) {
  const contentTypes: Array<string | undefined> = [];
  const server = createServer((request, response) => {
    contentTypes.push(request.headers['content-type']);
    request.resume().on('end', () => response.writeHead(status).end(JSON.stringify(answer)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, contentTypes };
}

describe('sending to score', () => {
  it('says the outcome in one line, and gives it as JSON (W3)', async () => {
    const outcome = {
      outcome: 'crossed',
      pair: { origin: '66', target: '26', currency: 'USD' },
      ...{ total: '11612.00', transactionCount: 2, threshold: '10000.00', alertId: 'a1b2' },
    };
    const { url, contentTypes } = await scoreThatAnswers(200, outcome);
    const result = await sendToScore('{"origin":"66"}', { url });
    expect(result).toEqual({
      isAccepted: true,
      summary: 'crossed: 66 → 26  11612.00 USD in 2 transactions, threshold 10000.00, alert a1b2',
      json: outcome,
    });
    await sendToScore('2026-11-22T10:00:00Z;66;26;1', { url });
    await sendToScore('{"specversion":"1.0"}', { url });
    expect(contentTypes).toEqual([
      ...['application/json', 'text/plain', 'application/cloudevents+json'],
    ]);
  });

  it('says why it was refused (H), with nothing that a terminal would obey', async () => {
    const problem = { reason: 'late', detail: 'older than \u001b[31m10 min' };
    const { url } = await scoreThatAnswers(422, problem);
    const { isAccepted, summary } = await sendToScore('x', { url });
    expect(isAccepted).toBe(false);
    expect(summary).toBe('refused (422 late): older than ?[31m10 min');
  });

  it('names the option and the cure when nobody listens', async () => {
    const sending = sendToScore('x', { url: 'http://127.0.0.1:1' });
    await expect(sending).rejects.toThrow('--score http://127.0.0.1:1');
  });
});

describe('sending to a topic', () => {
  it.each([
    '{"timestamp":"2026-11-22T10:00:00Z","origin":"66","target":"26","amount":"5175","id":"a-1"}',
    'Sunday, 22-Nov-26 10:00:00 UTC;66;26;5175',
  ])('writes %s as a transaction event with the key of its pair (W1)', async (text) => {
    const writer = createEmbeddedLog();
    const nowMs = Date.UTC(2026, 10, 22, 10);
    const { isAccepted } = await sendToTopic(text, { writer, topic: 't', nowMs });
    expect(isAccepted).toBe(true);
    const records: StoredRecord[] = [];
    const running = await writer.subscribe({
      ...{ topic: 't', group: 'g', from: 'earliest' as const },
      onRecords: async (_lease, given) => {
        records.push(...given);
      },
    });
    onTestFinished(() => running.stop());
    await vi.waitFor(() => expect(records).toHaveLength(1));
    expect(records[0]).toMatchObject({
      key: '66:26',
      headers: { ce_type: 'io.splitwatch.transaction.v1', ce_source: '/splitwatch/post' },
    });
    if (text.startsWith('{')) expect(records[0]?.headers.ce_id).toBe('a-1');
    expect(JSON.parse(String(records[0]?.value))).toMatchObject({ amount: '5175.00' });
  });

  it('writes a CloudEvent as it is, so that it stays the same transaction (S3)', async () => {
    const event = {
      ...{ specversion: '1.0', id: 'a-1', source: '/bank', type: 'io.splitwatch.transaction.v1' },
      data: { timestamp: '2026-11-22T10:00:00Z', origin: '66', target: '26', amount: '5175' },
    };
    const write = vi.fn(async () => {});
    const writer = { ...createEmbeddedLog(), write };
    const nowMs = Date.UTC(2026, 10, 22, 10);
    await sendToTopic(JSON.stringify(event), { writer, topic: 't', nowMs });
    expect(write).toHaveBeenCalledWith('t', [
      {
        key: '66:26',
        headers: { 'content-type': 'application/cloudevents+json' },
        value: Buffer.from(JSON.stringify(event)),
      },
    ]);
  });

  it('refuses what score would refuse, and writes nothing (S1)', async () => {
    const writer = createEmbeddedLog();
    const text = '2026-11-22T10:00:00Z;66;26;-5';
    const result = await sendToTopic(text, { writer, topic: 't', nowMs: Date.UTC(2026, 10, 22) });
    expect(result).toMatchObject({ isAccepted: false, json: { status: 422, field: 'amount' } });
  });
});
