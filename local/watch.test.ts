import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Fraud } from '#shared/domain/fraud.ts';
import { encodeFraud, fraudToJson } from '#shared/events/fraud-event.ts';
import type { Subscription, TopicReader } from '#shared/kafka/topic.ts';
import { createEmbeddedLog } from './embedded-log.ts';
import { eventToRecord } from './eventing/event-to-record.ts';
import { fromRequest, type WireEvent } from './eventing/wire-event.ts';
import { watchNotify } from './watch-notify.ts';
import { watchTopic } from './watch-topic.ts';

function fraud(sequence: number): Fraud {
  return {
    alertId: 'a1b2',
    sequence,
    rule: { id: 'pair-total', version: 1 },
    pair: { origin: '66', target: '26', currency: 'USD' },
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
  };
}

/** A notify that sends one alert to each reader, with the next number as id, and hangs up. */
async function startFlakyNotify(firstEvents = 'event: beat\ndata:\n\n') {
  const resumedFrom: Array<string | undefined> = [];
  const authorizations: Array<string | undefined> = [];
  const server = createServer((request, response: ServerResponse) => {
    const lastId = request.headers['last-event-id'] as string | undefined;
    resumedFrom.push(lastId);
    authorizations.push(request.headers.authorization);
    const id = Number(lastId ?? 0) + 1;
    const data = JSON.stringify(fraudToJson(fraud(id)));
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(`retry: 1000\n${firstEvents}`);
    if (resumedFrom.length === 1 && firstEvents.includes('id:')) return response.end();
    response.write(`event: alert\nid: ${id}\ndata: ${data}\n\n`, () => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, resumedFrom, authorizations };
}

describe('watching notify', () => {
  it('shows alerts, and goes on behind the last one after a lost connection', async () => {
    const notify = await startFlakyNotify();
    const stopping = new AbortController();
    const seen: Fraud[] = [];
    const connection: boolean[] = [];
    const watching = watchNotify({
      ...{ url: notify.url, token: 'secret', signal: stopping.signal },
      onFraud: (alert) => seen.push(alert),
      onConnection: (isConnected) => connection.push(isConnected),
    });
    await vi.waitFor(() => expect(seen).toHaveLength(2), { timeout: 10_000 });
    stopping.abort();
    await watching;
    expect(seen.slice(0, 2)).toEqual([fraud(1), fraud(2)]);
    expect(notify.resumedFrom.slice(0, 2)).toEqual([undefined, '1']);
    expect(notify.authorizations[0]).toBe('Bearer secret');
    expect(connection.slice(0, 2)).toEqual([false, true]);
  });

  it.each([
    ['with', 'event: beat\nid: 41\ndata:\n\n'],
    ['without', 'event: beat\nid: 41\n\n'],
  ])('goes on behind a beat when no alert came before, %s data', async (_name, beat) => {
    const notify = await startFlakyNotify(beat);
    const stopping = new AbortController();
    const seen: Fraud[] = [];
    const watching = watchNotify({
      ...{ url: notify.url, signal: stopping.signal },
      onFraud: (alert) => seen.push(alert),
    });
    await vi.waitFor(() => expect(seen).toHaveLength(1), { timeout: 10_000 });
    stopping.abort();
    await watching;
    expect(notify.resumedFrom.slice(0, 2)).toEqual([undefined, '41']);
    expect(seen[0]).toEqual(fraud(42));
  });

  it('fails at once where nobody answers', async () => {
    const { signal } = new AbortController();
    const watching = watchNotify({ url: 'http://127.0.0.1:1', signal, onFraud: () => {} });
    await expect(watching).rejects.toThrow();
  });
});

describe('watching a topic', () => {
  it('shows fraud events from the beginning, and says what it passed over', async () => {
    const log = createEmbeddedLog();
    const { headers, body } = encodeFraud(fraud(1));
    const event = fromRequest(headers, Buffer.from(body)) as WireEvent;
    await log.write('fraud', [
      { key: null, value: Buffer.from('not a fraud'), headers: {} },
      eventToRecord(event, 'binary'),
      eventToRecord(event, 'structured'),
    ]);
    const seen: Fraud[] = [];
    const reasons: string[] = [];
    const watching = await watchTopic({
      ...{ reader: log, topic: 'fraud', fromBeginning: true },
      onFraud: (alert) => seen.push(alert),
      onOther: (_record, reason) => reasons.push(reason),
    });
    onTestFinished(() => watching.stop());
    await vi.waitFor(() => expect(seen).toEqual([fraud(1), fraud(1)]));
    expect(reasons).toHaveLength(1);
  });

  it('shows nothing twice and leaves nothing out when its group is joined again', async () => {
    const log = createEmbeddedLog({ partitions: 1 });
    const { headers, body } = encodeFraud(fraud(1));
    const record = eventToRecord(fromRequest(headers, Buffer.from(body)) as WireEvent, 'binary');
    await log.write('fraud', [record]);
    const seen: Fraud[] = [];
    let joined: Subscription | undefined;
    const reader: TopicReader = {
      subscribe: (subscription) => {
        joined = subscription;
        return log.subscribe(subscription);
      },
    };
    const watching = await watchTopic({
      ...{ reader, topic: 'fraud', fromBeginning: true },
      onFraud: (alert) => seen.push(alert),
      onOther: () => {},
    });
    await vi.waitFor(() => expect(seen).toHaveLength(1));
    await watching.stop();
    await log.write('fraud', [record]);
    const again = await log.subscribe(joined as Subscription);
    onTestFinished(() => again.stop());
    await vi.waitFor(async () => expect(await again.lag()).toBe(0));
    expect(seen).toHaveLength(2);
  });
});
