import { collectDefaultMetrics, Registry } from 'prom-client';

/** A function's own registry with the process's default metrics, served on `GET /metrics`. */
export function createRegistry(name: string): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ function: name });
  collectDefaultMetrics({ register: registry });
  return registry;
}
