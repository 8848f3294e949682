import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError, toAppError } from '#shared/errors.ts';
import { refuseContentEncoding } from '#shared/events/content-encoding.ts';
import { collectHeaders, type EventHeaders } from '#shared/events/event-headers.ts';
import { type Answer, refusal, sendAnswer, sendAnswerAndClose } from '#shared/http/answer.ts';
import { readRequestBody, SenderGoneError } from '#shared/http/read-request-body.ts';

/** Decides about a request whose body has come; throws what it refuses. */
export type PostDoor = (
  headers: EventHeaders,
  body: Buffer,
  senderGone: AbortSignal,
) => Promise<Answer>;

export interface PostsParts {
  /** Throws AppError when the token is missing or wrong. */
  readonly checkToken: (authorization: string | undefined) => void;
  readonly maxInFlight: number;
  readonly bodyTimeoutMs: number;
  /** Told of every refusal and failure, once. */
  readonly onRefusal: (error: AppError) => void;
}

export type AnswerPost = (
  exchange: { request: IncomingMessage; response: ServerResponse },
  maxBytes: number,
  door: PostDoor,
) => Promise<void>;

/**
 * The socket's side of all posts: lets a request in or not, reads its body within bounds, asks the
 * door, answers exactly once. A request that is refused unread has its connection closed.
 */
export function createPosts(parts: PostsParts): AnswerPost {
  let inFlight = 0;
  return async ({ request, response }, maxBytes, door) => {
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    let isRead = false;
    inFlight++;
    try {
      parts.checkToken(request.headers.authorization);
      if (inFlight > parts.maxInFlight) {
        throw new AppError('busy', `more than ${parts.maxInFlight} requests are in flight`);
      }
      const body = await readRequestBody(request, { maxBytes, timeoutMs: parts.bodyTimeoutMs });
      isRead = true;
      const headers = collectHeaders(request.rawHeaders);
      refuseContentEncoding(headers);
      sendAnswer(response, await door(headers, body, gone.signal));
    } catch (thrown) {
      if (thrown instanceof SenderGoneError) return;
      const error = toAppError(thrown);
      parts.onRefusal(error);
      if (isRead) sendAnswer(response, refusal(error));
      else sendAnswerAndClose(request, response, refusal(error));
    } finally {
      inFlight--;
    }
  };
}
