import { setTimeout as sleep } from 'node:timers/promises';
import type { Fraud } from '#shared/domain/fraud.ts';
import { decodeFraud } from '#shared/events/decode-fraud.ts';
import { FRAUD_SOURCE, FRAUD_TYPE } from '#shared/events/event-types.ts';
import { encodeHeaderValue } from '#shared/events/header-value.ts';
import { eventsOf } from './event-stream.ts';

export interface WatchNotifyOptions {
  /** Address of notify. */
  readonly url: string;
  /** Token of its page, where it wants one. */
  readonly token?: string | undefined;
  readonly onFraud: (fraud: Fraud) => void;
  /** Told once when the connection is lost, and once when it is back. */
  readonly onConnection?: (isConnected: boolean, reason: string) => void;
  readonly signal: AbortSignal;
}

const RETRY_DELAY_MS = 1000;

/**
 * Follows the alerts of a running notify (server-sent events, `GET /events`) until told to stop.
 * After a lost connection it goes on behind the last place that notify told, with an alert or with
 * a beat (Last-Event-ID): what came while the connection was away is shown when it is back.
 *
 * @throws Error when the first connection fails: a wrong address or token would fail for ever.
 */
export async function watchNotify(options: WatchNotifyOptions): Promise<void> {
  const { onConnection = () => {}, signal } = options;
  let lastEventId: string | undefined;
  let body = await connect(options, lastEventId);
  while (!signal.aborted) {
    try {
      for await (const { id, event, data } of eventsOf(body)) {
        if (id !== undefined) lastEventId = id;
        if (event === 'alert' && data !== undefined) options.onFraud(fraudOf(data));
      }
      throw new Error('the connection ended');
    } catch (error) {
      if (signal.aborted) return;
      onConnection(false, (error as Error).message);
    }
    const next = await reconnect(options, lastEventId);
    if (next === undefined) return;
    onConnection(true, '');
    body = next;
  }
}

async function reconnect(
  options: WatchNotifyOptions,
  lastEventId: string | undefined,
): Promise<AsyncIterable<Uint8Array> | undefined> {
  while (!options.signal.aborted) {
    try {
      await sleep(RETRY_DELAY_MS, undefined, { signal: options.signal });
      return await connect(options, lastEventId);
    } catch {
      // Still away, or told to stop: the loop's condition tells.
    }
  }
  return undefined;
}

async function connect(
  { url, token, signal }: WatchNotifyOptions,
  lastEventId: string | undefined,
): Promise<AsyncIterable<Uint8Array>> {
  const response = await fetch(new URL('/events', url), {
    signal,
    headers: {
      accept: 'text/event-stream',
      ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
  });
  if (!response.ok || response.body === null) {
    await response.body?.cancel();
    throw new Error(`${url}/events answers ${response.status}`);
  }
  return response.body;
}

/** The fraud of an alert's data, which is that of W2 without the CloudEvent around it. */
function fraudOf(data: string): Fraud {
  const { alertId, sequence } = JSON.parse(data) as { alertId: string; sequence: number };
  const headers = {
    'content-type': 'application/json',
    'ce-specversion': '1.0',
    'ce-id': encodeHeaderValue(`${alertId}/${sequence}`),
    'ce-source': FRAUD_SOURCE,
    'ce-type': FRAUD_TYPE,
  };
  return decodeFraud(headers, data);
}
