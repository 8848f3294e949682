import type { Cluster } from './cluster.ts';
import { fieldOf, type ObjectRef } from './kube-object.ts';

/** Keeps on the source how many consumers it had, for whoever finds it without any. */
export const PAUSED_ANNOTATION = 'splitwatch.io/consumers-before-pause';

/**
 * Takes all consumers from a KafkaSource, or all replicas from the Deployment in its place, and
 * resolves with what gives them back. One that had none is left alone, unless an earlier pause took
 * them and never gave them back.
 */
export async function pauseSource(
  cluster: Pick<Cluster, 'read' | 'change'>,
  ref: ObjectRef,
): Promise<{ readonly consumers: number; readonly resume: () => Promise<void> }> {
  const field = ref.kind === 'KafkaSource' ? 'consumers' : 'replicas';
  const object = await cluster.read(ref);
  const now = fieldOf(object, 'spec', field) ?? 1;
  const before = object?.metadata.annotations?.[PAUSED_ANNOTATION];
  const consumers = now === 0 ? Number(before ?? 0) : Number(now);
  if (object === undefined || consumers === 0) return { consumers: 0, resume: async () => {} };
  await cluster.change(ref, {
    metadata: { annotations: { [PAUSED_ANNOTATION]: String(consumers) } },
    spec: { [field]: 0 },
  });
  const resume = (): Promise<void> =>
    cluster.change(ref, {
      metadata: { annotations: { [PAUSED_ANNOTATION]: null } },
      spec: { [field]: consumers },
    });
  return { consumers, resume };
}
