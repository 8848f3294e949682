import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ErrorCode } from '#shared/errors.ts';
import { refuseBrokenRequest } from './broken-request.ts';

/** Bounds of a listening function (spec P). Times in milliseconds, sizes in bytes. */
export interface ServeLimits {
  readonly maxHeaderBytes: number;
  readonly headersTimeoutMs: number;
  readonly requestTimeoutMs: number;
  /** Longer than the proxy keeps an idle connection, so that the proxy closes first (facts 3). */
  readonly keepAliveTimeoutMs: number;
  readonly maxConnections: number;
  /** How often slow requests are looked for. */
  readonly connectionsCheckMs: number;
}

export const SERVE_LIMITS: ServeLimits = {
  maxHeaderBytes: 16 * 1024,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  keepAliveTimeoutMs: 120_000,
  maxConnections: 10_000,
  connectionsCheckMs: 1000,
};

export interface Serving {
  readonly server: Server;
  readonly port: number;
  readonly url: string;
  /** False from the first moment of draining on; `/readyz` answers 503 then. */
  readonly isReady: () => boolean;
  /**
   * Takes new requests until none came for `quietMs`, at most `drainMs`, then finishes what is in
   * flight and closes. Safe to call twice; both calls wait for the same end.
   */
  readonly drain: (options?: { drainMs?: number; quietMs?: number }) => Promise<void>;
}

/** Listens and resolves when the port is open. Rejects when it cannot be had. */
export async function serve(
  listener: RequestListener,
  options: {
    port: number;
    host?: string;
    limits?: Partial<ServeLimits>;
    /** Told of requests that Node could not read, which no listener ever sees. */
    onRefused?: (reason: ErrorCode) => void;
  },
): Promise<Serving> {
  const limits = { ...SERVE_LIMITS, ...options.limits };
  let ready = true;
  let lastRequestMs = 0;
  let inFlight = 0;
  const onRequest: RequestListener = (request, response) => {
    lastRequestMs = performance.now();
    inFlight += 1;
    response.once('close', () => {
      inFlight -= 1;
    });
    if (!ready) response.setHeader('connection', 'close');
    listener(request, response);
  };
  const server = createServer(
    {
      maxHeaderSize: limits.maxHeaderBytes,
      keepAliveTimeout: limits.keepAliveTimeoutMs,
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      connectionsCheckingInterval: limits.connectionsCheckMs,
    },
    onRequest,
  );
  // Node would answer 417 to an Expect that it does not know; H has no such answer.
  server.on('checkExpectation', onRequest);
  server.on('clientError', (error, socket) =>
    refuseBrokenRequest(error, socket, options.onRefused),
  );
  server.maxConnections = limits.maxConnections;
  // Node would drop the headers after the 2,000th without a word, and with them a `ce-id`: the
  // event would be read as another one. Their bytes are bounded, and that bounds their number.
  server.maxHeadersCount = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, () => {
      server.removeListener('error', reject);
      resolve();
    });
  });
  const address = server.address() as AddressInfo;
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  const reachable = host === '0.0.0.0' || host === '[::]' ? '127.0.0.1' : host;

  let draining: Promise<void> | undefined;
  const drainOnce = async (drainMs: number, quietMs: number): Promise<void> => {
    ready = false;
    const startMs = performance.now();
    lastRequestMs = startMs;
    while (performance.now() - startMs < drainMs && performance.now() - lastRequestMs < quietMs) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    // Left to Node, a connection that falls idle only now would be kept for its whole keep-alive
    // time, and one that never sent a request, as browsers open them ahead, for ever.
    const closing = setInterval(() => {
      if (inFlight === 0) server.closeAllConnections();
      else server.closeIdleConnections();
    }, 20);
    await new Promise<void>((resolve) => server.close(() => resolve()));
    clearInterval(closing);
  };
  return {
    server,
    port: address.port,
    url: `http://${reachable}:${address.port}`,
    isReady: () => ready,
    drain: ({ drainMs = 0, quietMs = 1000 } = {}) => {
      draining ??= drainOnce(drainMs, quietMs);
      return draining;
    },
  };
}
