import { promisify } from 'node:util';
import { pino } from 'pino';
import type { Fraud } from '#shared/domain/fraud.ts';
import { encodeFraud } from '#shared/events/fraud-event.ts';
import { serve } from '#shared/http/serve.ts';
import { createRegistry } from '#shared/metrics.ts';
import { createNotifyApp, type NotifyAppParts } from './app.ts';
import type { Channel } from './channels/channel.ts';
import { createMemoryAlertStore } from './store/memory-store.ts';

export interface NotifyHarness {
  readonly url: string;
  /** What the channels were told. */
  readonly told: Fraud[];
  readonly post: (fraud: Fraud, headers?: Record<string, string>) => Promise<Response>;
  readonly get: (path: string, headers?: Record<string, string>) => Promise<Response>;
  /** How many connections are open. */
  readonly connections: () => Promise<number>;
  readonly metric: (series: string) => Promise<number>;
  readonly stop: () => Promise<void>;
}

/** Notify's app, for tests, on loopback with the embedded store unless another is given. */
export async function startApp(parts: Partial<NotifyAppParts> = {}): Promise<NotifyHarness> {
  const told: Fraud[] = [];
  const channel: Channel = {
    name: 'test',
    tell: (fraud) => void told.push(fraud),
    close: async () => {},
  };
  const app = createNotifyApp({
    store: createMemoryAlertStore(),
    channels: [channel],
    log: pino({ level: 'silent' }),
    registry: createRegistry('notify'),
    ...parts,
  });
  const serving = await serve(app.listener, { port: 0, host: '127.0.0.1' });
  const get: NotifyHarness['get'] = (path, headers = {}) =>
    fetch(`${serving.url}${path}`, { headers, redirect: 'manual' });
  return {
    url: serving.url,
    told,
    post: (fraud, headers = {}) => {
      const message = encodeFraud(fraud);
      const all = { ...message.headers, ...headers };
      return fetch(serving.url, { method: 'POST', headers: all, body: message.body });
    },
    get,
    connections: () => promisify(serving.server.getConnections.bind(serving.server))(),
    metric: async (series) => {
      const text = await (await get('/metrics')).text();
      const labelled = series.replace('}', ',function="notify"}');
      const line = text.split('\n').find((x) => x.startsWith(labelled));
      return Number(line?.split(' ').at(-1));
    },
    stop: async () => {
      app.close();
      await serving.drain({ drainMs: 0 });
    },
  };
}
