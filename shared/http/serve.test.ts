import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type Serving, serve } from './serve.ts';

let serving: Serving | undefined;
afterEach(() => serving?.drain({ quietMs: 0 }));

/** Writes raw bytes to the server and resolves with all that comes back. */
function raw(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect((serving as Serving).port, '127.0.0.1', () => socket.write(text));
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk));
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });
}

const refused: string[] = [];

async function listen(limits = {}): Promise<Serving> {
  refused.length = 0;
  serving = await serve((_request, response) => void response.end('ok'), {
    port: 0,
    host: '127.0.0.1',
    limits,
    onRefused: (reason) => refused.push(reason),
  });
  return serving;
}

describe('a listening function', () => {
  it('answers what is not HTTP with a malformed problem (H, P)', async () => {
    await listen();
    const answer = await raw('\x16\x03\x01 hello\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('kne-reason: malformed');
    expect(answer).toContain('"reason":"malformed"');
  });

  it('answers headers over the limit with 431 toolarge (P)', async () => {
    await listen({ maxHeaderBytes: 2048 });
    const answer = await raw(`GET / HTTP/1.1\r\nhost: a\r\nx: ${'y'.repeat(4096)}\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 431 /);
    expect(answer).toContain('"reason":"toolarge"');
    expect(refused).toEqual(['toolarge']);
  });

  it('drops no header of a flood that is within the bytes: ce-id may be the last (P)', async () => {
    serving = await serve(
      (request, response) => void response.end(String(request.rawHeaders.length)),
      {
        ...{ port: 0, host: '127.0.0.1' },
      },
    );
    const flood = 'a:\r\n'.repeat(3_000);
    const answer = await raw(`GET / HTTP/1.1\r\nhost: a\r\n${flood}connection: close\r\n\r\n`);
    expect(answer.endsWith('\r\n\r\n6004')).toBe(true);
  });

  it('closes connections over the limit at once, and takes new ones when some have ended (P)', async () => {
    const { port } = await listen({ maxConnections: 2 });
    const open = [connect(port, '127.0.0.1'), connect(port, '127.0.0.1')];
    const answered = open.map((socket) => new Promise((resolve) => socket.once('data', resolve)));
    for (const socket of open) socket.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
    await Promise.all(answered);
    const request = 'GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n';
    expect(await raw(request).catch(() => '')).toBe('');
    for (const socket of open) socket.destroy();
    await expect.poll(() => raw(request).catch(() => '')).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('never answers 408: a request that does not come in time is busy (H)', async () => {
    await listen({ headersTimeoutMs: 50, requestTimeoutMs: 60, connectionsCheckMs: 20 });
    const answer = await raw('GET / HTTP/1.1\r\nhost: a\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 429 /);
    expect(answer).toContain('retry-after: 1');
  });

  it('takes a request with an expectation that nobody knows, rather than answer 417 (H)', async () => {
    await listen();
    const answer = await raw('GET / HTTP/1.1\r\nhost: a\r\nexpect: x\r\nconnection: close\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('finishes what is in flight when it drains, and takes nothing new after', async () => {
    let release = (): void => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    let arrived = (): void => {};
    const arrival = new Promise<void>((resolve) => (arrived = resolve));
    serving = await serve(
      async (_request, response) => {
        arrived();
        await held;
        response.end('done');
      },
      { port: 0, host: '127.0.0.1' },
    );
    const { url } = serving;
    const inFlight = fetch(url);
    await arrival;
    const drained = serving.drain({ drainMs: 0 });
    expect(serving.isReady()).toBe(false);
    release();
    expect(await (await inFlight).text()).toBe('done');
    await drained;
    await expect(fetch(url)).rejects.toThrow();
  });

  it('does not wait for a connection that never sent a request, as browsers open ahead', async () => {
    const { port, drain } = await listen();
    const socket = connect(port, '127.0.0.1');
    await new Promise((resolve) => socket.once('connect', resolve));
    const ended = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => {});
    await drain();
    await ended;
  });

  it('goes on answering while requests still come, until it is quiet', async () => {
    const { url, drain } = await listen();
    const drained = drain({ drainMs: 10_000, quietMs: 150 });
    let isDrained = false;
    void drained.then(() => (isDrained = true));
    for (let i = 0; i < 5; i++) {
      expect(await (await fetch(url)).text()).toBe('ok');
      expect(isDrained).toBe(false);
    }
    await drained;
    await expect(fetch(url)).rejects.toThrow();
  });
});
