import type { Fraud } from '#shared/domain/fraud.ts';
import type { AlertStore, Upserted } from './alert-store.ts';
import type { Channel } from './channels/channel.ts';

export type Notify = (fraud: Fraud, nowMs: number) => Promise<Upserted>;

/**
 * What is done with one fraud event: it is stored, and where it is news, every channel is told.
 * Repeating it changes nothing and tells nobody (D5).
 *
 * @throws AppError `state`, retryable, when the store does not answer.
 */
export function createNotify(parts: { store: AlertStore; channels: readonly Channel[] }): Notify {
  return async (fraud, nowMs) => {
    const upserted = await parts.store.upsert(fraud, nowMs);
    if (upserted.kind !== 'known') for (const channel of parts.channels) channel.tell(fraud);
    return upserted;
  };
}
