import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { AppError, toAppError } from '#shared/errors.ts';
import { BATCH_MEDIA_TYPE } from '#shared/events/cloud-event.ts';
import { collectHeaders } from '#shared/events/event-headers.ts';
import { refusal, sendAnswer, sendAnswerAndClose } from '#shared/http/answer.ts';
import { readRequestBody, SenderGoneError } from '#shared/http/read-request-body.ts';
import type { EventDoor } from './event-door.ts';
import type { LogFailure } from './failure-log.ts';
import type { ScoreMetrics } from './score-metrics.ts';

/** Bounds of reading a request of the event path (P). */
export interface EventPathLimits {
  readonly maxInFlight: number;
  readonly maxBodyBytes: number;
  readonly maxBatchBytes: number;
  readonly bodyTimeoutMs: number;
}

export interface EventPathParts {
  readonly door: EventDoor;
  readonly limits: EventPathLimits;
  /** Throws AppError when the token is missing or wrong. */
  readonly checkToken: (authorization: string | undefined) => void;
  readonly metrics: ScoreMetrics;
  readonly logFailure: LogFailure;
  readonly now: () => number;
}

/**
 * The socket's side of `POST /`: lets a request in or not, reads its body within bounds, asks the
 * door, answers exactly once.
 */
export function createEventPath(parts: EventPathParts): RequestListener {
  const { door, limits, metrics, now } = parts;
  let inFlight = 0;

  const admit = (request: IncomingMessage): void => {
    parts.checkToken(request.headers.authorization);
    if (inFlight <= limits.maxInFlight) return;
    throw new AppError('busy', `more than ${limits.maxInFlight} requests are in flight`);
  };

  const onEvent = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let isDropped = isShort(request, limits.maxBodyBytes);
    metrics.inFlight(++inFlight);
    try {
      admit(request);
      isDropped = false;
      const maxBytes = isBatch(request) ? limits.maxBatchBytes : limits.maxBodyBytes;
      const body = await readRequestBody(request, { maxBytes, timeoutMs: limits.bodyTimeoutMs });
      const startMs = performance.now();
      const answer = await door(collectHeaders(request.rawHeaders), body, now());
      metrics.took((performance.now() - startMs) / 1000);
      sendAnswer(response, answer);
    } catch (thrown) {
      refuse(parts, { request, response, isDropped }, thrown);
    } finally {
      metrics.inFlight(--inFlight);
    }
  };
  return (request, response) => {
    void onEvent(request, response);
  };
}

/**
 * Answers a request whose body was not read. A short one is let in and dropped by Node, so that the
 * connection lives on; else the connection is closed, and nothing more is read than courtesy asks.
 */
function refuse(
  parts: EventPathParts,
  exchange: { request: IncomingMessage; response: ServerResponse; isDropped: boolean },
  thrown: unknown,
): void {
  const { request, response, isDropped } = exchange;
  if (thrown instanceof SenderGoneError) {
    parts.metrics.senderGone();
    return;
  }
  const error = toAppError(thrown);
  parts.metrics.refused(error.code);
  parts.logFailure(error, undefined);
  const answer = refusal(error);
  if (isDropped) sendAnswer(response, answer);
  else sendAnswerAndClose(request, response, answer);
}

function isBatch(request: IncomingMessage): boolean {
  return request.headers['content-type']?.toLowerCase().startsWith(BATCH_MEDIA_TYPE) ?? false;
}

function isShort(request: IncomingMessage, maxBytes: number): boolean {
  const length = request.headers['content-length'];
  return length !== undefined && Number(length) <= maxBytes;
}
