import type { Express } from 'express';
import type { Registry } from 'prom-client';
import { sendAnswer } from './answer.ts';
import { aliveAnswer, type Health, readyAnswer } from './probes.ts';

export interface Ops extends Health {
  readonly registry: Registry;
}

/**
 * The routes that every function has: `/healthz` (the event loop turns), `/readyz` (it can work,
 * and is not draining) and `/metrics` in Prometheus' text format.
 */
export function mountOps(app: Express, ops: Ops): void {
  app.get('/healthz', (_request, response) => sendAnswer(response, aliveAnswer()));
  app.get('/readyz', (_request, response) => sendAnswer(response, readyAnswer(ops)));
  app.get('/metrics', async (_request, response) => {
    response.type(ops.registry.contentType).send(await ops.registry.metrics());
  });
}
