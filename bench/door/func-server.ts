/**
 * The function as `func create -l typescript -t cloudevents` begins it: its runtime decodes the
 * event with the SDK and calls `handle`. In place of a total kept in a window it adds to one
 * number for each pair: one INCRBY, without a window, without knowing what came twice.
 */
import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { createClient } from '@redis/client';
import type { InvokerOptions } from 'faas-js-runtime';

interface TransactionEvent {
  readonly data: { readonly origin: string; readonly target: string; readonly amount: string };
}

// It is CommonJS that Node cannot tell the names of.
const { start } = createRequire(import.meta.url)(
  'faas-js-runtime',
) as typeof import('faas-js-runtime');
const redis = createClient({ url: process.env.REDIS_URL ?? '' });
await redis.connect();

const handle = async (_context: unknown, event?: unknown): Promise<void> => {
  const { origin, target, amount } = (event as TransactionEvent).data;
  await redis.incrBy(`total:${origin}:${target}`, Math.round(100 * Number(amount)));
};

const options = {
  port: '0', // a text: the runtime takes the number for "not set"
  // The template's `npm start` sets info, which is two lines a request; the runtime's own is warn.
  logLevel: process.env.FUNC_LOG_LEVEL,
} as unknown as InvokerOptions;
const server: Server = await start(handle, options);
const { port } = server.address() as AddressInfo;
process.stdout.write(`${JSON.stringify({ listening: port })}\n`);
