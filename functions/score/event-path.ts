import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { AppError, toAppError } from '#shared/errors.ts';
import { BATCH_MEDIA_TYPE } from '#shared/events/cloud-event.ts';
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

  const admit = (authorization: string | undefined): void => {
    parts.checkToken(authorization);
    if (inFlight <= limits.maxInFlight) return;
    throw new AppError('busy', `more than ${limits.maxInFlight} requests are in flight`);
  };

  const onEvent = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { rawHeaders } = request;
    const contentLength = headerOf(rawHeaders, 'content-length');
    let isDropped = isShort(contentLength, limits.maxBodyBytes);
    metrics.inFlight(++inFlight);
    try {
      admit(headerOf(rawHeaders, 'authorization'));
      isDropped = false;
      const isBatch = isBatchType(headerOf(rawHeaders, 'content-type'));
      const body = await readRequestBody(request, {
        maxBytes: isBatch ? limits.maxBatchBytes : limits.maxBodyBytes,
        timeoutMs: limits.bodyTimeoutMs,
        contentLength: Number(contentLength ?? 0),
      });
      const startMs = performance.now();
      const answer = await door(rawHeaders, body, now());
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

/**
 * The first value of a header, without the map of all that Node would make of them: here is no use
 * for it.
 */
function headerOf(rawHeaders: readonly string[], name: string): string | undefined {
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const sent = rawHeaders[i] as string;
    if (sent.length !== name.length) continue;
    if (sent === name || sent.toLowerCase() === name) return rawHeaders[i + 1];
  }
  return undefined;
}

function isBatchType(contentType: string | undefined): boolean {
  return contentType?.toLowerCase().startsWith(BATCH_MEDIA_TYPE) ?? false;
}

function isShort(contentLength: string | undefined, maxBytes: number): boolean {
  return contentLength !== undefined && Number(contentLength) <= maxBytes;
}
