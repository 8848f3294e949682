import { pino } from 'pino';
import type { Fraud } from '#shared/domain/fraud.ts';
import { encodeFraud } from '#shared/events/fraud-event.ts';
import { serve } from '#shared/http/serve.ts';
import { createRegistry } from '#shared/metrics.ts';
import type { AlertStore } from '../../functions/notify/alert-store.ts';
import { createNotifyApp } from '../../functions/notify/app.ts';
import type { PageAccess } from '../../functions/notify/page-access.ts';
import { createMemoryAlertStore } from '../../functions/notify/store/memory-store.ts';

export interface RunningNotify {
  readonly url: string;
  readonly port: number;
  /** Posts it as a sink would; resolves with the status. */
  readonly post: (fraud: Fraud) => Promise<number>;
  readonly stop: () => Promise<void>;
}

/** The real app of notify, listening on loopback, with the embedded store unless one is given. */
export async function startNotify(
  options: { port?: number; store?: AlertStore; access?: PageAccess } = {},
): Promise<RunningNotify> {
  const { store = createMemoryAlertStore(), port = 0, access = { kind: 'loopback' } } = options;
  const app = createNotifyApp({
    ...{ store, access, channels: [], log: pino({ level: 'silent' }) },
    registry: createRegistry('notify'),
  });
  const serving = await serve(app.listener, { port, host: '127.0.0.1' });
  return {
    url: serving.url,
    port: serving.port,
    post: async (fraud) => {
      const { headers, body } = encodeFraud(fraud);
      const response = await fetch(serving.url, { method: 'POST', headers, body });
      await response.arrayBuffer();
      return response.status;
    },
    stop: async () => {
      app.close();
      await serving.drain({ drainMs: 0 });
    },
  };
}
