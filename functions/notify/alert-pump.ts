import type { ServerResponse } from 'node:http';
import type { AlertFeed } from './alert-feed.ts';
import { toAlertJson } from './alert-json.ts';

const RETRY_MS = 500;

export interface AlertPumpParts {
  readonly feed: Pick<AlertFeed, 'changesAfter'>;
  readonly response: Pick<
    ServerResponse,
    'write' | 'writableEnded' | 'destroyed' | 'writableLength'
  >;
  /** What came after this position is written. */
  readonly position: number;
  /** Bytes waiting in the socket from which on nothing more is written to it. */
  readonly maxBufferBytes: number;
}

/**
 * Writes what came after the position until there is no more, one run at a time. Called again while
 * it runs, it looks once more. It stops where the reader is slow; the socket's `drain` calls it.
 */
export function createAlertPump(parts: AlertPumpParts): () => void {
  const { feed, response, maxBufferBytes } = parts;
  let { position } = parts;
  let isRunning = false;
  let isWanted = false;
  const isOpen = (): boolean => !response.writableEnded && !response.destroyed;

  const run = async (): Promise<void> => {
    while (isWanted && isOpen()) {
      isWanted = false;
      const changes = await feed.changesAfter(position);
      for (const change of changes) {
        if (!isOpen()) return;
        const data = JSON.stringify(toAlertJson(change.alert));
        response.write(`event: alert\nid: ${change.position}\ndata: ${data}\n\n`);
        position = change.position;
      }
      if (changes.length === 0) continue;
      if (response.writableLength > maxBufferBytes) return;
      isWanted = true;
    }
  };
  const pump = (): void => {
    isWanted = true;
    if (isRunning || !isOpen() || response.writableLength > maxBufferBytes) return;
    isRunning = true;
    run()
      .catch(() => {
        // The store is away. Nothing new need happen before it is back, so we look again ourselves.
        setTimeout(pump, RETRY_MS).unref();
      })
      .finally(() => {
        isRunning = false;
        // Woken after the run had looked for the last time and before this: looks once more.
        if (isWanted) pump();
      });
  };
  return pump;
}
