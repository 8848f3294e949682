import type { IncomingMessage } from 'node:http';
import { AppError } from '#shared/errors.ts';

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
 * @throws AppError `toolarge` at the first byte over the limit, `busy` when the body has not come
 * within `timeoutMs`; {@link SenderGoneError} when the connection ends first.
 */
export function readRequestBody(
  request: IncomingMessage,
  limits: { maxBytes: number; timeoutMs: number },
): Promise<Buffer> {
  const { maxBytes, timeoutMs } = limits;
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) {
    return Promise.reject(tooLarge(maxBytes));
  }
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const settle = (act: () => void): void => {
      clearTimeout(timer);
      request.off('data', onData).off('end', onEnd).off('close', onGone).off('error', onGone);
      act();
    };
    const refuse = (error: Error): void =>
      settle(() => {
        request.pause();
        reject(error);
      });
    const onData = (chunk: Buffer): void => {
      size += chunk.length;
      if (size > maxBytes) refuse(tooLarge(maxBytes));
      else chunks.push(chunk);
    };
    const onEnd = (): void =>
      settle(() => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
    const onGone = (): void => settle(() => reject(new SenderGoneError()));
    const timer = setTimeout(() => refuse(tooSlow(timeoutMs)), timeoutMs);
    request.on('data', onData).on('end', onEnd).on('close', onGone).on('error', onGone);
  });
}

function tooLarge(maxBytes: number): AppError {
  const expected = `at most ${maxBytes} bytes`;
  return new AppError('toolarge', `body: expected ${expected}`, { field: 'body', expected });
}

function tooSlow(timeoutMs: number): AppError {
  const expected = `the whole body within ${timeoutMs} ms`;
  return new AppError('busy', `body: expected ${expected}`, { field: 'body', expected });
}
