import { describe, expect, it } from 'vitest';
import type { KubeObject } from './kube-object.ts';
import { PAUSED_ANNOTATION, pauseSource } from './pause-source.ts';

const HOME = { namespace: 'bank', name: 'transactions' };
const SOURCE = { apiVersion: 'sources.knative.dev/v1', kind: 'KafkaSource', ...HOME };
const DEPLOYMENT = { apiVersion: 'apps/v1', kind: 'Deployment', ...HOME };

/** A source in a cluster of its own, whose changes are merged as the API does it. */
function clusterWith(
  consumers: number | undefined,
  annotation?: string,
  field: 'consumers' | 'replicas' = 'consumers',
) {
  let annotations: Record<string, string | null> =
    annotation === undefined ? {} : { [PAUSED_ANNOTATION]: annotation };
  let spec: Record<string, unknown> = { [field]: consumers };
  return {
    now: () => ({ consumers: spec[field], annotation: annotations[PAUSED_ANNOTATION] ?? null }),
    read: async (): Promise<KubeObject> => ({
      ...{ apiVersion: 'any', kind: 'any' },
      metadata: { ...HOME, annotations: annotations as Record<string, string> },
      spec,
    }),
    change: async (_ref: unknown, fields: Record<string, unknown>): Promise<void> => {
      const { metadata, spec: more } = fields as {
        metadata: { annotations: Record<string, string | null> };
        spec: Record<string, unknown>;
      };
      annotations = { ...annotations, ...metadata.annotations };
      spec = { ...spec, ...more };
    },
  };
}

describe('a source that is paused', () => {
  it.each([
    [3, 3],
    [undefined, 1],
  ])('has no consumers, and gets its %s back', async (given, back) => {
    const cluster = clusterWith(given);
    const { resume } = await pauseSource(cluster, SOURCE);
    expect(cluster.now()).toEqual({ consumers: 0, annotation: String(back) });
    await resume();
    expect(cluster.now()).toEqual({ consumers: back, annotation: null });
  });

  it('may be the Deployment in its place: it has replicas', async () => {
    const cluster = clusterWith(2, undefined, 'replicas');
    const { resume } = await pauseSource(cluster, DEPLOYMENT);
    expect(cluster.now()).toEqual({ consumers: 0, annotation: '2' });
    await resume();
    expect(cluster.now()).toEqual({ consumers: 2, annotation: null });
  });

  it('stays as somebody else left it, without consumers', async () => {
    const cluster = clusterWith(0);
    const { resume, consumers } = await pauseSource(cluster, SOURCE);
    await resume();
    expect(consumers).toBe(0);
    expect(cluster.now()).toEqual({ consumers: 0, annotation: null });
  });

  it('gets back what a pause took that died before its end', async () => {
    const cluster = clusterWith(0, '4');
    const { resume } = await pauseSource(cluster, SOURCE);
    await resume();
    expect(cluster.now()).toEqual({ consumers: 4, annotation: null });
  });
});
