import { request } from 'node:http';
import type { LoadTarget } from './post-load.ts';

const ANSWER_TIMEOUT_MS = 30_000;

/** What score answers to a GET, read as JSON. @throws Error when it is away or answers no JSON. */
export async function getFromScore(
  { url, host, token }: LoadTarget,
  path: string,
): Promise<unknown> {
  const text = await get(new URL(path, url), {
    ...(host !== undefined && { host }),
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  });
  return JSON.parse(text);
}

/** fetch does not let a request name another host, by which an ingress tells functions apart. */
function get(url: URL, headers: Record<string, string>): Promise<string> {
  return new Promise((resolve, reject) => {
    const asking = request(url, { headers, timeout: ANSWER_TIMEOUT_MS }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve(text));
      response.on('error', reject);
    });
    asking.on('timeout', () => asking.destroy(new Error('score does not answer')));
    asking.on('error', reject);
    asking.end();
  });
}
