import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AppError } from '#shared/errors.ts';
import { problemHeaders, toProblem } from './problem.ts';

/** An answer as data, so that what decides on it needs no socket. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** The refusal of spec H: a problem with its headers, and with `headers` where a route has more. */
export function refusal(error: AppError, headers: Readonly<Record<string, string>> = {}): Answer {
  // RFC 9110, 11.6.1: a 401 says how to come in.
  const challenge = error.code === 'unauthorized' ? { 'www-authenticate': 'Bearer' } : {};
  return {
    status: error.status,
    headers: { ...problemHeaders(error), ...challenge, ...headers },
    body: JSON.stringify(toProblem(error)),
  };
}

export function jsonAnswer(status: number, value: unknown): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(value),
  };
}

/** Sends it, once; does nothing when the connection is gone. */
export function sendAnswer(response: ServerResponse, answer: Answer): void {
  if (response.headersSent || response.destroyed) return;
  // Without a body there is nothing to add: this is the answer to nearly every event.
  response.writeHead(
    answer.status,
    answer.body === undefined ? answer.headers : withLength(answer),
  );
  response.end(answer.body);
}

// A sender that is still writing gets so much time, and so many bytes, to notice the answer.
const LINGER_MS = 1_000;
const LINGER_BYTES = 1024 * 1024;

/**
 * Sends an answer to a request whose body will not be read to its end, and closes the connection.
 * What still comes in is thrown away for a moment: closing at once would reset the connection, and
 * the sender would see that instead of the answer.
 */
export function sendAnswerAndClose(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(answer.status, { ...withLength(answer), connection: 'close' });
  response.write(answer.body ?? ''); // Whole for the receiver: content-length says so.
  let lingered = 0;
  const finish = (): void => {
    clearTimeout(timer);
    response.end();
  };
  const timer = setTimeout(finish, LINGER_MS);
  request.on('data', (chunk: Buffer) => {
    lingered += chunk.length;
    if (lingered > LINGER_BYTES) finish();
  });
  request.on('end', finish);
  request.on('close', finish);
  request.resume();
}

function withLength(answer: Answer): Record<string, string> {
  if (answer.body === undefined) return { ...answer.headers };
  return { ...answer.headers, 'content-length': String(Buffer.byteLength(answer.body)) };
}
