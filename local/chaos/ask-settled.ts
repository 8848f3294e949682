import { setTimeout as sleep } from 'node:timers/promises';

const DEADLINE_MS = 30_000;
const PAUSE_MS = 200;

/**
 * What a function answers to a GET, as JSON, with its status. It may be busy or connecting anew for
 * a moment after a fault, and says so by 5xx or by taking no connection: then it is asked again.
 *
 * @throws Error when it still does at the deadline.
 */
export async function askSettled<T>(url: string): Promise<{ status: number; body: T }> {
  const endMs = performance.now() + DEADLINE_MS;
  for (;;) {
    const response = await fetch(url).catch(() => undefined);
    if (response !== undefined && response.status < 500) {
      return { status: response.status, body: (await response.json()) as T };
    }
    await response?.body?.cancel();
    if (performance.now() > endMs) throw new Error(`${url}: ${response?.status ?? 'no answer'}`);
    await sleep(PAUSE_MS);
  }
}
