import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { PostResult } from './delivery.ts';

const BODY_HEAD_BYTES = 1024;
const SOCKETS_MAX = 256;

/** Connections that are kept between requests; close them when done. */
export interface Poster {
  /**
   * One POST. Resolves always, within the deadline: an answer counts only when it arrived whole,
   * since a function that is going away may be cut off in the middle of one. So much of its body
   * is kept: the first 1,024 bytes unless asked for more.
   */
  post(
    url: string,
    message: { headers: Readonly<Record<string, string>>; body: Buffer },
    timeoutMs: number,
    keptBytes?: number,
  ): Promise<PostResult>;
  close(): void;
}

export function createPoster(): Poster {
  const settings = { keepAlive: true, maxSockets: SOCKETS_MAX, timeout: 0 };
  const http = new HttpAgent(settings);
  const https = new HttpsAgent(settings);
  return {
    post: (url, message, timeoutMs, keptBytes = BODY_HEAD_BYTES) =>
      new Promise((resolve) => {
        const isTls = url.startsWith('https:');
        const signal = AbortSignal.timeout(timeoutMs);
        const fail = (reason: string): void => resolve({ kind: 'failure', reason });
        const failWith = (error: Error): void => {
          fail(signal.aborted ? `no answer within ${timeoutMs} ms` : error.message);
        };
        try {
          const headers = { ...message.headers, 'content-length': message.body.length };
          const options = { method: 'POST', headers, agent: isTls ? https : http, signal };
          const request = (isTls ? httpsRequest : httpRequest)(url, options, (response) => {
            response.on('error', failWith);
            readAnswer(response, keptBytes, resolve, fail);
          });
          request.on('error', failWith);
          request.end(message.body);
        } catch (error) {
          fail(error instanceof Error ? error.message : String(error));
        }
      }),
    close() {
      http.destroy();
      https.destroy();
    },
  };
}

function readAnswer(
  response: IncomingMessage,
  keptBytes: number,
  resolve: (result: PostResult) => void,
  fail: (reason: string) => void,
): void {
  const head: Buffer[] = [];
  let headBytes = 0;
  response.on('data', (chunk: Buffer) => {
    if (headBytes < keptBytes) head.push(chunk);
    headBytes += chunk.length;
  });
  response.on('end', () => {
    if (!response.complete) fail('the answer was cut off');
    else {
      const bodyHead = Buffer.concat(head).subarray(0, keptBytes);
      const { statusCode: status = 0, headers } = response;
      resolve({ kind: 'answer', status, headers, bodyHead });
    }
  });
  response.on('close', () => fail('the answer was cut off'));
}
