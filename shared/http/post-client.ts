import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

/** Posts to one address over kept-alive connections. */
export interface PostClient {
  /**
   * Resolves with the status when the answer has come to its end; rejects when the connection is
   * cut before, and when the signal aborts.
   */
  post(
    message: { headers: Readonly<Record<string, string>>; body: string | Buffer },
    signal: AbortSignal,
  ): Promise<number>;
  close(): void;
}

export function createPostClient(url: string): PostClient {
  const isTls = new URL(url).protocol === 'https:';
  const request = isTls ? httpsRequest : httpRequest;
  // Idle connections are closed before the other side's usual five seconds do it.
  const agentOptions = { keepAlive: true, timeout: 4_000 };
  const agent = isTls ? new HttpsAgent(agentOptions) : new HttpAgent(agentOptions);
  const exchange = (
    message: { headers: Record<string, string>; body: string | Buffer },
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
    post: ({ headers, body }, signal) => {
      const length = String(Buffer.byteLength(body));
      const message = { headers: { ...headers, 'content-length': length }, body };
      return exchange(message, signal, false);
    },
    close: () => agent.destroy(),
  };
}
