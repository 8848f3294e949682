import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LoadSample } from './load-samples.ts';

export interface LoadTarget {
  /** Where the ingress, or a forwarded port, listens: `http://127.0.0.1:31080`. */
  readonly url: string;
  /** The name by which the ingress finds the function; that of the URL unless set. */
  readonly host?: string | undefined;
  readonly token?: string | undefined;
}

export interface PostLoad {
  readonly target: LoadTarget;
  readonly forMs: number;
  /** Requests under way at once, at most. */
  readonly concurrency: number;
  /** At most so many a second altogether; 0: as many as there are answers. */
  readonly ratePerSecond: number;
  /** The nth transaction, as JSON (S4); each is another one. */
  readonly bodyOf: (n: number) => string;
  readonly signal: AbortSignal;
  readonly onSample: (sample: LoadSample) => void;
}

const REQUEST_TIMEOUT_MS = 60_000;
const LOCAL = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** Bounded, and at this machine only: a load is not to be sent at anybody by mistake. */
export function checkTarget({ url }: LoadTarget): void {
  const target = URL.canParse(url) ? new URL(url) : undefined;
  if (target?.protocol === 'http:' && LOCAL.test(target.hostname)) return;
  throw new Error(`${url}: load goes to this machine only, as in http://127.0.0.1:31080`);
}

/** Posts distinct transactions over kept-alive connections. Resolves with how many were posted. */
export async function postLoad(options: PostLoad): Promise<number> {
  const { forMs, concurrency, ratePerSecond, signal } = options;
  checkTarget(options.target);
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency, timeout: 4_000 });
  const startMs = performance.now();
  let posted = 0;
  const worker = async (): Promise<void> => {
    for (;;) {
      const n = posted++;
      const dueMs = ratePerSecond === 0 ? 0 : (n * 1000) / ratePerSecond;
      const aheadMs = dueMs - (performance.now() - startMs);
      const isOver = signal.aborted || Math.max(dueMs, performance.now() - startMs) >= forMs;
      if (isOver) {
        posted -= 1;
        return;
      }
      if (aheadMs > 1) await sleep(aheadMs, undefined, { signal }).catch(() => {});
      const atMs = performance.now() - startMs;
      const status = await post(options, agent, n);
      options.onSample({ atMs, latencyMs: performance.now() - startMs - atMs, status });
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  agent.destroy();
  return posted;
}

/** The answer's status, once the answer has come to its end; 0 when it did not. */
function post({ target, bodyOf }: PostLoad, agent: Agent, n: number): Promise<number> {
  const body = bodyOf(n);
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    ...(target.host !== undefined && { host: target.host }),
    ...(target.token !== undefined && { authorization: `Bearer ${target.token}` }),
  };
  return new Promise((resolve) => {
    const sending = request(target.url, { method: 'POST', agent, headers }, (response) => {
      response.on('end', () => resolve(response.statusCode ?? 0));
      response.on('close', () => resolve(0)); // Cut off before its end.
      response.resume();
    });
    sending.setTimeout(REQUEST_TIMEOUT_MS, () => sending.destroy());
    sending.on('error', () => resolve(0));
    sending.end(body);
  });
}
