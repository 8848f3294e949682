import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { freePorts } from './free-port.ts';
import { kafkaAnswers } from './kafka-answers.ts';

let server: Server | undefined;
afterEach(() => server?.close());

async function listen(answer: (socket: Socket) => void): Promise<string> {
  const started = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => answer(socket));
  });
  server = started;
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(started.address() as AddressInfo).port}`;
}

it('knows a broker by the answer to its question, also in pieces', async () => {
  const reply = Buffer.from([0, 0, 0, 10, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
  const address = await listen((socket) => {
    socket.write(reply.subarray(0, 5));
    setImmediate(() => socket.write(reply.subarray(5)));
  });
  expect(await kafkaAnswers(address)).toBe(true);
});

it('does not take another server for a broker', async () => {
  const address = await listen((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  expect(await kafkaAnswers(address)).toBe(false);
});

it('does not take a server that hangs up for a broker', async () => {
  expect(await kafkaAnswers(await listen((socket) => socket.destroy()))).toBe(false);
});

it('is false where nothing listens and for what is no address', async () => {
  const [port] = await freePorts(1);
  expect(await kafkaAnswers(`127.0.0.1:${port}`)).toBe(false);
  for (const address of ['', 'localhost', 'localhost:', 'localhost:x', ':9092', 'a:99999']) {
    expect(await kafkaAnswers(address)).toBe(false);
  }
});
