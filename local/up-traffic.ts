import { setTimeout as sleep } from 'node:timers/promises';
import type { UpOptions } from './up-options.ts';

export interface Traffic {
  stop(): Promise<void>;
}

const RETRY_DELAY_MS = 1000;
/** Each order of traffic lasts about so long; a generate that died is asked again then. */
const ORDER_MS = 60_000;

/**
 * Has generate write traffic at the rate asked for until stopped, order by order (`POST /`), so that
 * one that was killed is asked again. With rate 0 nothing happens.
 */
export function startTraffic(
  generateUrl: string,
  { ratePerSecond, report }: Pick<UpOptions, 'ratePerSecond' | 'report'>,
): Traffic {
  const stopping = new AbortController();
  const { signal } = stopping;
  const run = async (): Promise<void> => {
    const count = Math.max(1, Math.round((ratePerSecond * ORDER_MS) / 1000));
    for (let seed = Date.now(); !signal.aborted; seed++) {
      try {
        await order(generateUrl, { count, rate: ratePerSecond, seed }, signal);
      } catch (error) {
        if (signal.aborted) return;
        report(`generate makes no traffic: ${(error as Error).message}`);
        await sleep(RETRY_DELAY_MS, undefined, { signal }).catch(() => {});
      }
    }
  };
  const running = ratePerSecond > 0 ? run() : Promise.resolve();
  return {
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

async function order(url: string, body: object, signal: AbortSignal): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal,
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`it answers ${response.status} ${text.slice(0, 200)}`);
}
