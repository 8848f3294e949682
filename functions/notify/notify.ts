import type { Fraud } from '#shared/domain/fraud.ts';
import type { AlertStore, Upserted } from './alert-store.ts';
import type { Channel } from './channels/channel.ts';

export type Notify = (fraud: Fraud, nowMs: number) => Promise<Upserted>;

/**
 * What is done with one fraud event: it is stored, every channel is told, and that they were told
 * is marked beside the alert. Repeating it changes nothing and tells nobody (D5). A probe's is kept
 * apart, where whoever sent the probe can look for it, and nobody is told.
 *
 * Channels are told at least once. Where the store's reply was lost, or the process ended between
 * storing and telling, the event comes again, is known, has no mark, and is told then. They are
 * told twice only when the mark itself was lost: the process ended between telling and marking, the
 * store was away just then, or two replicas had the same event at the same moment.
 *
 * @throws AppError `state`, retryable, when the store does not answer.
 */
export function createNotify(parts: {
  store: AlertStore;
  /** Alerts of probes; none: they are not kept. */
  probes?: AlertStore | undefined;
  channels: readonly Channel[];
  /** An event was told of and could not be marked so; should it come again, it is told again. */
  onUnmarked: (fraud: Fraud, error: unknown) => void;
}): Notify {
  const { store, probes, channels, onUnmarked } = parts;
  /** Marks under way, so that one event that comes twice at once is told once. */
  const marking = new Map<string, Promise<void>>();

  const tell = (fraud: Fraud): Promise<void> => {
    const key = `${fraud.alertId}/${fraud.sequence}`;
    const underWay = marking.get(key);
    if (underWay !== undefined) return underWay;
    for (const channel of channels) channel.tell(fraud);
    const marked = store
      .markTold(fraud.alertId, fraud.sequence)
      // The event is stored and told: to refuse it now would only have it told twice.
      .catch((error: unknown) => onUnmarked(fraud, error))
      .finally(() => marking.delete(key));
    marking.set(key, marked);
    return marked;
  };

  return async (fraud, nowMs) => {
    if (fraud.isProbe) {
      return (await probes?.upsert(fraud, nowMs)) ?? { kind: 'known', isTold: true };
    }
    const upserted = await store.upsert(fraud, nowMs);
    if (!upserted.isTold) await tell(fraud);
    return upserted;
  };
}
