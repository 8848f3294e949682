import type { Fraud } from '#shared/domain/fraud.ts';
import { AppError } from '#shared/errors.ts';
import { encodeFraud } from '#shared/events/fraud-event.ts';
import { createPostClient } from './post-client.ts';

/** Where fraud events go. Has the shape of score's port, which shared code may not import. */
export interface HttpSink {
  /**
   * Sends one fraud event; resolves when the sink has accepted it (2xx) and answered to the end.
   * @throws AppError `sink` on any other answer, on a connection that is cut before the answer
   * ends, and when the deadline passes. The sink may have taken the event even then; sending it
   * again is safe, since readers upsert by alert id and sequence (D5).
   */
  send(fraud: Fraud): Promise<void>;
  close(): void;
}

/**
 * A client that posts to `K_SINK` over kept-alive connections.
 *
 * @param options.timeoutMs - deadline of one event, from the call to the end of the answer.
 * @param options.overrides - extensions set on every event, see {@link parseCeOverrides}.
 */
export function createHttpSink(options: {
  url: string;
  timeoutMs: number;
  overrides?: Readonly<Record<string, string>>;
}): HttpSink {
  const { url, timeoutMs, overrides } = options;
  const client = createPostClient(url);
  return {
    send: async (fraud) => {
      const signal = AbortSignal.timeout(timeoutMs);
      const status = await client
        .post(encodeFraud(fraud, overrides), signal)
        .catch((cause: unknown) => {
          throw signal.aborted ? lateAnswer(timeoutMs, cause) : notReached(cause);
        });
      if (!isTaken(status)) throw refusedBy(status);
    },
    close: () => client.close(),
  };
}

export function isTaken(status: number): boolean {
  return status >= 200 && status < 300;
}

export function refusedBy(status: number): AppError {
  return new AppError('sink', `the sink answered ${status}`);
}

export function notReached(cause: unknown): AppError {
  return new AppError('sink', 'the sink cannot be reached', { cause });
}

export function lateAnswer(timeoutMs: number, cause?: unknown): AppError {
  return new AppError('sink', `the sink did not answer within ${timeoutMs} ms`, { cause });
}
