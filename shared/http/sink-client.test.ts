import {
  createServer,
  type IncomingHttpHeaders,
  type RequestListener,
  type Server,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import type { Fraud } from '#shared/domain/fraud.ts';
import { decodeFraud } from '#shared/events/fraud-event.ts';
import { createHttpSink, type HttpSink } from './sink-client.ts';

const fraud: Fraud = {
  alertId: 'abc',
  sequence: 1,
  rule: { id: 'pair-total', version: 1 },
  pair: { origin: 'ü', target: '26', currency: 'USD' },
  firstTimeMs: 0,
  lastTimeMs: 0,
  totalMinor: 1_000_001n,
  thresholdMinor: 1_000_000,
  windowMs: 600_000,
  transactionCount: 1,
  truncated: false,
  transactions: [{ id: '/g#1', eventTimeMs: 0, amountMinor: 1_000_001 }],
};

let server: Server | undefined;
let sink: HttpSink | undefined;

afterEach(() => {
  sink?.close();
  server?.closeAllConnections();
  server?.close();
});

async function sinkTo(
  listener: RequestListener,
  options: { timeoutMs?: number; overrides?: Record<string, string> } = {},
): Promise<HttpSink> {
  const listening = createServer(listener);
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  const { port } = listening.address() as AddressInfo;
  sink = createHttpSink({ url: `http://127.0.0.1:${port}/topic`, timeoutMs: 5_000, ...options });
  return sink;
}

const refused = (message: string | RegExp) =>
  expect.objectContaining({ code: 'sink', message: expect.stringMatching(message) });

test('posts the fraud event, overrides applied, and is content with any 2xx (L1, facts 2)', async () => {
  const seen: { url: string | undefined; headers: IncomingHttpHeaders; body: Buffer }[] = [];
  const client = await sinkTo(
    async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      seen.push({ url: request.url, headers: request.headers, body: Buffer.concat(chunks) });
      response.writeHead(202).end();
    },
    { overrides: { team: 'red' } },
  );
  await client.send(fraud);
  expect(seen).toHaveLength(1);
  expect(seen[0]?.url).toBe('/topic');
  expect(seen[0]?.headers['ce-team']).toBe('red');
  expect(decodeFraud(seen[0]?.headers ?? {}, seen[0]?.body ?? '')).toEqual(fraud);
});

test.each([301, 400, 404, 429, 500, 503])(
  'takes the answer %d for a failure (L1)',
  async (status) => {
    const client = await sinkTo((_, response) => void response.writeHead(status).end('no'));
    await expect(client.send(fraud)).rejects.toEqual(refused(`answered ${status}`));
  },
);

test('takes a sink that does not answer in time for a failure (L1)', async () => {
  const client = await sinkTo(() => {}, { timeoutMs: 50 });
  await expect(client.send(fraud)).rejects.toEqual(refused('within 50 ms'));
});

test('takes an answer that does not end in time for a failure (L1)', async () => {
  const client = await sinkTo(
    (_, response) => {
      response.writeHead(202, { 'content-length': '10' });
      response.write('half');
    },
    { timeoutMs: 100 },
  );
  await expect(client.send(fraud)).rejects.toEqual(refused('within 100 ms'));
});

test('takes an answer that is cut off in the middle for a failure (L1, facts 1)', async () => {
  const client = await sinkTo((_, response) => {
    response.writeHead(202, { 'content-length': '10' });
    response.write('half', () => response.destroy());
  });
  await expect(client.send(fraud)).rejects.toEqual(refused('cannot be reached'));
});

test('takes a sink that is not there for a failure (L1)', async () => {
  const client = await sinkTo(() => {});
  await new Promise((resolve) => server?.close(resolve));
  await expect(client.send(fraud)).rejects.toEqual(refused('cannot be reached'));
});

test('keeps its connection for the next event, whatever the answer holds', async () => {
  const ports = new Set<number | undefined>();
  const client = await sinkTo((request, response) => {
    ports.add(request.socket.remotePort);
    request.resume().on('end', () => response.writeHead(200).end('x'.repeat(100_000)));
  });
  for (let i = 0; i < 5; i++) await client.send(fraud);
  expect(ports.size).toBe(1);
});

test('sends once more on a fresh connection when a kept one turns out to be closed', async () => {
  let isFirst = true;
  let requests = 0;
  const client = await sinkTo((request, response) => {
    requests += 1;
    if (!isFirst && requests === 2) {
      request.socket.resetAndDestroy();
      return;
    }
    isFirst = false;
    request.resume().on('end', () => response.writeHead(202).end());
  });
  await client.send(fraud);
  await client.send(fraud);
  expect(requests).toBe(3);
});
