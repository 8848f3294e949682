import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Fraud } from '#shared/domain/fraud.ts';
import { AppError } from '#shared/errors.ts';
import { encodeFraud } from '#shared/events/fraud-event.ts';

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
  const isTls = new URL(url).protocol === 'https:';
  const request = isTls ? httpsRequest : httpRequest;
  // Idle connections are closed before the other side's usual five seconds do it.
  const agentOptions = { keepAlive: true, timeout: 4_000 };
  const agent = isTls ? new HttpsAgent(agentOptions) : new HttpAgent(agentOptions);
  const exchange = (
    message: { headers: Record<string, string>; body: string },
    signal: AbortSignal,
    isRetry: boolean,
  ): Promise<number> =>
    new Promise((resolve, reject) => {
      const sending = request(url, { method: 'POST', headers: message.headers, agent, signal });
      sending.on('response', (response) => {
        response.on('end', () => resolve(response.statusCode ?? 0));
        response.on('error', reject);
        response.on('close', () => reject(new Error('the connection was cut before the end')));
        response.resume();
      });
      sending.on('error', (error: NodeJS.ErrnoException) => {
        // The other side gave up an idle connection just when we took it: nothing is wrong yet.
        const isStale = sending.reusedSocket && error.code === 'ECONNRESET' && !isRetry;
        if (isStale) exchange(message, signal, true).then(resolve, reject);
        else reject(error);
      });
      sending.end(message.body);
    });
  return {
    send: async (fraud) => {
      const { headers, body } = encodeFraud(fraud, overrides);
      headers['content-length'] = String(Buffer.byteLength(body));
      const signal = AbortSignal.timeout(timeoutMs);
      const status = await exchange({ headers, body }, signal, false).catch((cause: unknown) => {
        const isLate = signal.aborted;
        const detail = isLate ? `did not answer within ${timeoutMs} ms` : 'cannot be reached';
        throw new AppError('sink', `the sink ${detail}`, { cause });
      });
      if (status >= 200 && status < 300) return;
      throw new AppError('sink', `the sink answered ${status}`);
    },
    close: () => agent.destroy(),
  };
}
