import type { IncomingMessage } from 'node:http';
import { AppError } from '#shared/errors.ts';
import { watchSlow } from './watch-slow.ts';

/** The sender went away in the middle of its body: there is nobody to answer, and no defect. */
export class SenderGoneError extends Error {
  constructor() {
    super('the sender went away');
    this.name = 'SenderGoneError';
  }
}

/**
 * The whole body, never more than `maxBytes` of it in memory, whether the sender announced its
 * length or not. On refusal the request is left paused, not destroyed, so that it can be answered.
 *
 * @param limits.contentLength - what the sender announced, where the caller has read it already.
 * @throws AppError `toolarge` at the first byte over the limit, `busy` when the body has not come
 * within `timeoutMs`, give or take a quarter of a second; {@link SenderGoneError} when the
 * connection ends first.
 */
export function readRequestBody(
  request: IncomingMessage,
  limits: { maxBytes: number; timeoutMs: number; contentLength?: number },
): Promise<Buffer> {
  const { maxBytes, timeoutMs } = limits;
  const announced = limits.contentLength ?? Number(request.headers['content-length'] ?? 0);
  if (announced > maxBytes) return Promise.reject(tooLarge(maxBytes));
  return new Promise((resolve, reject) => {
    let chunks: Buffer[] | undefined;
    let only: Buffer | undefined;
    let size = 0;
    let isSettled = false;
    const settle = (): boolean => {
      if (isSettled) return false;
      isSettled = true;
      unwatch();
      return true;
    };
    const refuse = (error: Error): void => {
      if (!settle()) return;
      request.pause();
      reject(error);
    };
    const onGone = (): void => {
      if (settle()) reject(new SenderGoneError());
    };
    const unwatch = watchSlow(timeoutMs, () => refuse(tooSlow(timeoutMs)));
    request.on('data', (chunk: Buffer) => {
      if (isSettled) return;
      size += chunk.length;
      if (size > maxBytes) refuse(tooLarge(maxBytes));
      else if (only === undefined) only = chunk;
      else if (chunks === undefined) chunks = [only, chunk];
      else chunks.push(chunk);
    });
    request.on('end', () => {
      if (settle()) resolve(chunks === undefined ? (only ?? NOTHING) : Buffer.concat(chunks));
    });
    request.on('close', onGone);
    request.on('error', onGone);
  });
}

const NOTHING = Buffer.alloc(0);

function tooLarge(maxBytes: number): AppError {
  const expected = `at most ${maxBytes} bytes`;
  return new AppError('toolarge', `body: expected ${expected}`, { field: 'body', expected });
}

function tooSlow(timeoutMs: number): AppError {
  const expected = `the whole body within ${timeoutMs} ms`;
  return new AppError('busy', `body: expected ${expected}`, { field: 'body', expected });
}
