import { type AppError, toAppError } from '#shared/errors.ts';
import { refuseContentEncoding } from '#shared/events/content-encoding.ts';
import type { EventHeaders } from '#shared/events/event-headers.ts';
import { decodeFraud } from '#shared/events/fraud-event.ts';
import { type Answer, refusal } from '#shared/http/answer.ts';
import type { Log } from '#shared/log.ts';
import type { Notify } from './notify.ts';
import type { NotifyMetrics } from './notify-metrics.ts';

/** Answers one posted fraud event whose body has come. Never rejects. */
export type EventDoor = (headers: EventHeaders, body: Buffer, nowMs: number) => Promise<Answer>;

/**
 * The event path as a function of headers, body and clock: 204 once the alert is stored, whether it
 * is news or not; else the refusal that spec H has for it.
 */
export function createEventDoor(parts: {
  notify: Notify;
  metrics: Pick<NotifyMetrics, 'upserted' | 'refused'>;
  log: Log;
}): EventDoor {
  const { notify, metrics, log } = parts;
  return async (headers, body, nowMs) => {
    try {
      refuseContentEncoding(headers);
      const { kind } = await notify(decodeFraud(headers, body), nowMs);
      metrics.upserted(kind);
      return { status: 204, headers: {} };
    } catch (thrown) {
      const error = toAppError(thrown);
      metrics.refused(error.code);
      logFailure(log, error);
      return refusal(error);
    }
  };
}

/** Failures of ours are logged; what the sender did wrong is told to the sender and counted. */
export function logFailure(log: Log, error: AppError): void {
  if (error.status < 500) return;
  const cause = error.cause instanceof Error ? error.cause : undefined;
  if (error.code === 'internal') log.error({ code: error.code, err: cause }, error.message);
  else log.warn({ code: error.code, cause: cause?.message }, error.message);
}
