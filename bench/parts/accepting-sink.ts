import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface AcceptingSink {
  readonly port: number;
  /** Fraud events that came. */
  readonly taken: () => number;
  readonly stop: () => Promise<void>;
}

/** A sink that takes every fraud event, in this process: its cost is nobody's that is measured. */
export async function startAcceptingSink(): Promise<AcceptingSink> {
  let taken = 0;
  const server = createServer((request, response) => {
    taken += 1;
    request.resume();
    response.writeHead(202).end();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    taken: () => taken,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
