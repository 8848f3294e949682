import type { LookupAddress } from 'node:dns';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, isIP } from 'node:net';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { expect, onTestFinished, test } from 'vitest';
import { decodeFraud } from '#shared/events/fraud-event.ts';
import { fraudOf } from '../fraud-examples.ts';
import { type LookUpAll, PrivateAddressError, publicLookup } from './public-lookup.ts';
import { retryDelayMs } from './retry-delay.ts';
import { createWebhookChannel, type WebhookOptions } from './webhook-channel.ts';

type Answer = (response: ServerResponse, n: number, request: IncomingMessage) => void;

/** A receiver, and a channel that posts to it. */
async function connected(answer: Answer, options: Partial<WebhookOptions> = {}) {
  const received: { id: string; authorization: string | undefined }[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { alertId, sequence } = decodeFraud(request.headers, Buffer.concat(chunks));
    received.push({ id: `${alertId}${sequence}`, authorization: request.headers.authorization });
    answer(response, received.length, request);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const registry = new Registry();
  const channel = createWebhookChannel({
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    token: undefined,
    timeoutMs: 500,
    isPrivateAllowed: true, // the receiver listens on loopback
    log: pino({ level: 'silent' }),
    registry,
    firstDelayMs: 1,
    ...options,
  });
  const counted = async (result: string): Promise<number> => {
    const metric = await registry.getSingleMetric('splitwatch_webhook_alerts_total')?.get();
    return metric?.values.find((value) => value.labels.result === result)?.value ?? 0;
  };
  return { channel, received, counted, ids: () => received.map(({ id }) => id) };
}

const lookUpAs =
  (addresses: readonly string[]): LookUpAll =>
  async () =>
    addresses.map((address) => ({ address, family: isIP(address) }));

const status = (code: number, headers = {}): Answer => {
  return (response) => response.writeHead(code, headers).end();
};

test('posts each alert as a CloudEvent, in order, with the token', async () => {
  const { channel, received } = await connected(status(204), { token: 'hook-secret' });
  for (const alertId of ['a', 'b', 'c']) channel.tell(fraudOf({ alertId }));
  await channel.close();
  expect(received.map(({ id }) => id)).toEqual(['a1', 'b1', 'c1']);
  expect(received[0]?.authorization).toBe('Bearer hook-secret');
});

test('tries again while the receiver fails, is slow or hangs up, then goes on in order', async () => {
  const answer: Answer = (response, n, request) => {
    if (n === 1) response.writeHead(503).end();
    else if (n === 2) request.socket.destroy();
    else if (n === 3) response.writeHead(429, { 'retry-after': '0' }).end();
    else if (n > 4) response.writeHead(200).end('thanks');
  };
  const { channel, ids, counted } = await connected(answer, { timeoutMs: 100 });
  channel.tell(fraudOf({ alertId: 'a' }));
  channel.tell(fraudOf({ alertId: 'b' }));
  await expect.poll(() => counted('sent'), { timeout: 5_000 }).toBe(2);
  expect(ids()).toEqual(['a1', 'a1', 'a1', 'a1', 'a1', 'b1']);
});

test('does not repeat what was refused for good, nor follow a redirect', async () => {
  const moved = { location: 'http://127.0.0.1:1/elsewhere' };
  for (const answer of [status(400), status(403), status(307, moved)]) {
    const { channel, ids, counted } = await connected(answer);
    channel.tell(fraudOf());
    await channel.close();
    expect(ids()).toEqual(['alert1']);
    expect(await counted('given up')).toBe(1);
  }
});

test.each([
  ['an address of this machine', undefined, 'WEBHOOK_URL leads to 127.0.0.1'],
  ['a name that leads inside', ['127.0.0.1'], 'hooks.example leads to 127.0.0.1'],
  ['a name that leads outside and inside', ['1.1.1.1', '::1'], 'hooks.example leads to ::1'],
  ['a name that leads nowhere', [], 'hooks.example leads to nowhere'],
])('sends nothing to %s unless that is allowed, and says so (P)', async (_, addresses, reason) => {
  const logged: Record<string, unknown>[] = [];
  const log = pino({}, { write: (line: string) => void logged.push(JSON.parse(line)) });
  const { channel, ids, counted } = await connected(status(204), {
    ...{ isPrivateAllowed: false, log },
    ...(addresses && { url: 'http://hooks.example/', lookUpAll: lookUpAs(addresses) }),
  });
  channel.tell(fraudOf());
  await channel.close();
  expect(ids()).toEqual([]);
  expect(await counted('private address')).toBe(1);
  const cure = 'set WEBHOOK_PRIVATE_ADDRESSES=allow where that is meant';
  expect(logged).toMatchObject([{ level: 40, reason: `${reason}, which is private: ${cure}` }]);
});

test('looks at the address for each connection, so a name that moves inside gains nothing (P)', async () => {
  const asked: string[][] = [];
  const lookUpAll = async (): Promise<LookupAddress[]> => {
    asked.push([]);
    // A port that nobody listens on, of an address for documentation; then this machine.
    return [{ address: asked.length === 1 ? '192.0.2.1' : '127.0.0.1', family: 4 }];
  };
  const { channel, ids, counted } = await connected(status(204), {
    ...{ isPrivateAllowed: false, url: 'http://hooks.example:1/', lookUpAll, timeoutMs: 50 },
  });
  channel.tell(fraudOf());
  await expect.poll(() => counted('private address'), { timeout: 5_000 }).toBe(1);
  expect(asked).toHaveLength(2);
  expect(ids()).toEqual([]);
});

test('finds by the look-up of this machine that localhost is private (P)', async () => {
  const error = await new Promise((resolve) => {
    publicLookup()('localhost', { all: true }, resolve);
  });
  expect(error).toBeInstanceOf(PrivateAddressError);
});

test('gives an alert up after so many attempts', async () => {
  const { channel, ids, counted } = await connected(status(500), { attemptsMax: 3 });
  channel.tell(fraudOf());
  await expect.poll(() => counted('given up')).toBe(1);
  expect(ids()).toHaveLength(3);
});

test('keeps so many waiting, returns at once, and counts what found no room', async () => {
  const { channel, counted } = await connected(() => {}, { queueMax: 2, timeoutMs: 60 });
  for (let i = 0; i < 5; i++) channel.tell(fraudOf({ alertId: `a${i}` }));
  expect(await counted('no room')).toBe(3);
  await channel.close();
});

test('ends in time although the receiver is away', async () => {
  const { channel } = await connected(() => {}, { timeoutMs: 100, firstDelayMs: 60_000 });
  for (let i = 0; i < 20; i++) channel.tell(fraudOf({ alertId: `a${i}` }));
  await channel.close();
});

test('waits longer each time, at most a minute, and as long as it was asked to', () => {
  expect(retryDelayMs(1, 1_000, undefined, 0)).toBe(500);
  expect(retryDelayMs(1, 1_000, undefined, 1)).toBe(1_000);
  expect(retryDelayMs(4, 1_000, undefined, 1)).toBe(8_000);
  expect(retryDelayMs(30, 1_000, undefined, 1)).toBe(60_000);
  expect(retryDelayMs(1, 1_000, 20, 1)).toBe(20_000);
  expect(retryDelayMs(1, 1_000, 86_400, 1)).toBe(60_000);
});
