import { textOf } from '../cluster/kube-object.ts';
import type { Setup } from './setup.ts';

/** What Knative's consumers are given unless somebody changed it. */
const KNATIVE_DEFAULT_MS = 300_000;

/** Where an administrator sets it for all sources of a cluster. */
export const SOURCE_CONFIG = {
  ...{ apiVersion: 'v1', kind: 'ConfigMap' },
  ...{ namespace: 'knative-eventing', name: 'config-kafka-source-data-plane' },
} as const;

const PROPERTIES = 'config-kafka-source-consumer.properties';

/** How long a consumer may take from one poll to the next (`max.poll.interval.ms`). */
export function pollInterval(setup: Setup): { readonly intervalMs: number; readonly said: string } {
  const config = setup.objects.find(
    ({ object }) => object.kind === 'ConfigMap' && object.metadata.name === SOURCE_CONFIG.name,
  );
  const properties = textOf(config?.object, 'data', PROPERTIES);
  const set = /^\s*max\.poll\.interval\.ms\s*=\s*(\d+)\s*$/m.exec(properties)?.[1];
  const intervalMs = set === undefined ? KNATIVE_DEFAULT_MS : Number(set);
  return { intervalMs, said: `a consumer has ${intervalMs / 1000} s (max.poll.interval.ms)` };
}
