import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import type { Fraud } from '#shared/domain/fraud.ts';
import { createBatchSink } from './batch-sink.ts';
import type { HttpSink } from './sink-client.ts';

const fraud = (alertId: string, memberId = '/g#1'): Fraud => ({
  ...{ alertId, sequence: 1, rule: { id: 'pair-total', version: 1 } },
  pair: { origin: '66', target: '26', currency: 'USD' },
  ...{ firstTimeMs: 0, lastTimeMs: 0, totalMinor: 1_000_001n, thresholdMinor: 1_000_000 },
  ...{ windowMs: 600_000, transactionCount: 1, truncated: false },
  transactions: [{ id: memberId, eventTimeMs: 0, amountMinor: 1_000_001 }],
});
const BATCH = 'application/cloudevents-batch+json';

let server: Server | undefined;
let sink: HttpSink | undefined;

afterEach(() => {
  sink?.close();
  server?.closeAllConnections();
  server?.close();
});

/** What each request brought: the alerts of a batch, or the one of an event by itself. */
type Answer = (alerts: readonly string[], response: ServerResponse) => void;

async function sinkTo(
  answer: Answer,
  options: { timeoutMs?: number; overrides?: Record<string, string> } = {},
): Promise<{ client: HttpSink; requests: string[][]; bodies: string[] }> {
  const requests: string[][] = [];
  const bodies: string[] = [];
  const listener: RequestListener = async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = String(Buffer.concat(chunks));
    const isBatch = request.headers['content-type'] === BATCH;
    const events = isBatch ? JSON.parse(body) : [{ data: JSON.parse(body) }];
    const alerts = events.map(({ data }: { data: { alertId: string } }) => data.alertId);
    bodies.push(body);
    requests.push(alerts);
    answer(alerts, response);
  };
  const listening = createServer(listener);
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  const { port } = listening.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/topic`;
  const client = createBatchSink({ url, timeoutMs: 5000, ...options });
  sink = client;
  return { client, requests, bodies };
}

const accept: Answer = (_alerts, response) => void response.writeHead(202).end();
const refused = (message: string | RegExp) =>
  expect.objectContaining({ code: 'sink', message: expect.stringMatching(message) });
const codes = async (sending: readonly Promise<void>[]): Promise<string[]> =>
  (await Promise.allSettled(sending)).map((one) =>
    one.status === 'fulfilled' ? 'sent' : one.reason.code,
  );

test('sends together what waits at the same moment, overrides and probe marks too (L1)', async () => {
  const { client, requests, bodies } = await sinkTo(accept, { overrides: { team: 'red' } });
  const probe = { ...fraud('b'), isProbe: true as const };
  await Promise.all([client.send(fraud('a')), client.send(probe), client.send(fraud('c'))]);
  expect(requests).toEqual([['a', 'b', 'c']]);
  expect(JSON.parse(bodies[0] as string)).toMatchObject([
    { team: 'red', partitionkey: '66:26' },
    { team: 'red', probe: 'true' },
    { team: 'red' },
  ]);
});

test('gathers the next while one POST is under way', async () => {
  let release = (): void => {};
  const { client, requests } = await sinkTo((alerts, response) => {
    if (alerts[0] === 'a') release = () => void response.writeHead(202).end();
    else response.writeHead(202).end();
  });
  const first = client.send(fraud('a'));
  await vi.waitFor(() => expect(requests).toHaveLength(1));
  const others = ['b', 'c', 'd'].map((id) => client.send(fraud(id)));
  release();
  await Promise.all([first, ...others]);
  expect(requests).toEqual([['a'], ['b', 'c', 'd']]);
});

test('keeps a batch within what a sink takes, in number and bytes', async () => {
  const { client, requests, bodies } = await sinkTo(accept);
  const many = Array.from({ length: 1001 }, (_, i) => client.send(fraud(`${i}`)));
  await Promise.all(many);
  expect(requests.map(({ length }) => length)).toEqual([500, 500, 1]);
  const long = 'ü'.repeat(150_000);
  await Promise.all(Array.from({ length: 7 }, (_, i) => client.send(fraud(`${i}`, long))));
  expect(Math.max(...bodies.map((body) => Buffer.byteLength(body)))).toBeLessThan(1024 * 1024);
});

test.each([301, 429, 500, 503])(
  'fails the events of one batch with `sink` after the answer %d, and no others (L1)',
  async (status) => {
    const { client } = await sinkTo((alerts, response) => {
      response.writeHead(alerts.includes('a') ? status : 202).end();
    });
    const sending = [client.send(fraud('a')), client.send(fraud('b'))];
    expect(await codes(sending)).toEqual(['sink', 'sink']);
    await client.send(fraud('c'));
  },
);

test.each([400, 413, 415])(
  'sends one by one what a sink answers %d to together, so that none spoils the others',
  async (status) => {
    const { client, requests } = await sinkTo((alerts, response) => {
      response.writeHead(alerts.includes('b') ? status : 202).end();
    });
    const sending = ['a', 'b', 'c'].map((id) => client.send(fraud(id)));
    expect(await codes(sending)).toEqual(['sent', 'sink', 'sent']);
    expect(requests).toHaveLength(4);
  },
);

test('fails each event at its own deadline, waiting or under way, and goes on (L1)', async () => {
  let isHanging = true;
  const { client, requests } = await sinkTo(
    (_alerts, response) => {
      if (!isHanging) response.writeHead(202).end();
    },
    { timeoutMs: 100 },
  );
  const first = client.send(fraud('a'));
  first.catch(() => {});
  await vi.waitFor(() => expect(requests).toHaveLength(1));
  const second = client.send(fraud('b'));
  await expect(first).rejects.toEqual(refused('within 100 ms'));
  isHanging = false;
  await second.catch((error) => expect(error).toEqual(refused('within 100 ms')));
  await client.send(fraud('c'));
});

test('takes an answer that is cut off, and a sink that is not there, for a failure', async () => {
  const { client } = await sinkTo((_alerts, response) => {
    response.writeHead(202, { 'content-length': '10' });
    response.write('half', () => response.destroy());
  });
  await expect(client.send(fraud('a'))).rejects.toEqual(refused('cannot be reached'));
  server?.closeAllConnections();
  await new Promise((resolve) => server?.close(resolve));
  await expect(client.send(fraud('b'))).rejects.toEqual(refused('cannot be reached'));
});
