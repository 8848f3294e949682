import type { Express } from 'express';
import type { Registry } from 'prom-client';

export interface Ops {
  readonly registry: Registry;
  /** False once draining has begun. */
  readonly isReady: () => boolean;
  /** Undefined when the function can work, else one sentence that says what it waits for. */
  readonly notReadyReason: () => string | undefined;
}

/**
 * The routes that every function has: `/healthz` (the event loop turns), `/readyz` (it can work,
 * and is not draining) and `/metrics` in Prometheus' text format.
 */
export function mountOps(app: Express, ops: Ops): void {
  app.get('/healthz', (_request, response) => {
    response.json({ status: 'ok' });
  });
  app.get('/readyz', (_request, response) => {
    const reason = ops.isReady() ? ops.notReadyReason() : 'draining';
    if (reason === undefined) response.json({ status: 'ready' });
    else response.status(503).json({ status: 'not ready', reason });
  });
  app.get('/metrics', async (_request, response) => {
    response.type(ops.registry.contentType).send(await ops.registry.metrics());
  });
}
