import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { AppError, toAppError } from '#shared/errors.ts';
import { collectHeaders } from '#shared/events/event-headers.ts';
import { refusal, sendAnswer, sendAnswerAndClose } from '#shared/http/answer.ts';
import { readRequestBody, SenderGoneError } from '#shared/http/read-request-body.ts';
import type { Log } from '#shared/log.ts';
import { type EventDoor, logFailure } from './event-door.ts';
import type { NotifyMetrics } from './notify-metrics.ts';

/** Bounds of reading a posted fraud event (P). */
export interface EventPathLimits {
  readonly maxInFlight: number;
  readonly maxBodyBytes: number;
  readonly bodyTimeoutMs: number;
}

/**
 * The socket's side of `POST /`: lets a request in or not, reads its body within bounds, asks the
 * door, answers exactly once.
 */
export function createEventPath(parts: {
  door: EventDoor;
  limits: EventPathLimits;
  checkToken: (authorization: string | undefined) => void;
  metrics: Pick<NotifyMetrics, 'refused'>;
  log: Log;
  now: () => number;
}): RequestListener {
  const { door, limits, checkToken, metrics, log, now } = parts;
  let inFlight = 0;

  const onEvent = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    inFlight += 1;
    try {
      checkToken(request.headers.authorization);
      if (inFlight > limits.maxInFlight) {
        throw new AppError('busy', `more than ${limits.maxInFlight} requests are in flight`);
      }
      const { maxBodyBytes: maxBytes, bodyTimeoutMs: timeoutMs } = limits;
      const body = await readRequestBody(request, { maxBytes, timeoutMs });
      sendAnswer(response, await door(collectHeaders(request.rawHeaders), body, now()));
    } catch (thrown) {
      if (thrown instanceof SenderGoneError) return;
      const error = toAppError(thrown);
      metrics.refused(error.code);
      logFailure(log, error);
      sendAnswerAndClose(request, response, refusal(error));
    } finally {
      inFlight -= 1;
    }
  };
  return (request, response) => {
    void onEvent(request, response);
  };
}
