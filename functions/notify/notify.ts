import type { Fraud } from '#shared/domain/fraud.ts';
import type { AlertStore, Upserted } from './alert-store.ts';
import type { Channel } from './channels/channel.ts';

export type Notify = (fraud: Fraud, nowMs: number) => Promise<Upserted>;

/**
 * What is done with one fraud event: it is stored, and where it is news, every channel is told.
 * Repeating it changes nothing and tells nobody (D5). A probe's is kept apart, where whoever sent
 * the probe can look for it, and nobody is told.
 *
 * @throws AppError `state`, retryable, when the store does not answer.
 */
export function createNotify(parts: {
  store: AlertStore;
  /** Alerts of probes; none: they are not kept. */
  probes?: AlertStore | undefined;
  channels: readonly Channel[];
}): Notify {
  return async (fraud, nowMs) => {
    if (fraud.isProbe) return (await parts.probes?.upsert(fraud, nowMs)) ?? { kind: 'known' };
    const upserted = await parts.store.upsert(fraud, nowMs);
    if (upserted.kind !== 'known') for (const channel of parts.channels) channel.tell(fraud);
    return upserted;
  };
}
