import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError } from '#shared/errors.ts';
import type { AlertFeed } from './alert-feed.ts';
import { toAlertJson } from './alert-json.ts';

export interface EventStreams {
  /** Answers with the stream of alerts after `position`, until one side leaves. */
  readonly open: (request: IncomingMessage, response: ServerResponse, position: number) => void;
  /** Ends all streams; their readers come back, to another replica where there is one. */
  readonly close: () => void;
}

export interface StreamLimits {
  readonly maxStreams: number;
  readonly heartbeatMs: number;
  /** Bytes waiting in one socket from which on nothing more is written to it. */
  readonly maxBufferBytes: number;
}

const RETRY_MS = 500;

/**
 * Server-sent events: `alert` with the change's position as id, and `beat` in between, so that a
 * reader can tell a quiet stream from a dead one.
 */
export function createEventStreams(parts: {
  feed: AlertFeed;
  limits: StreamLimits;
  onCount: (open: number) => void;
}): EventStreams {
  const { feed, limits, onCount } = parts;
  const ends = new Set<() => void>();
  let isClosed = false;

  return {
    open: (request, response, position) => {
      if (isClosed || ends.size >= limits.maxStreams) {
        const detail = isClosed ? 'this replica is going away' : 'too many pages are open';
        throw new AppError('state', detail, { retryAfterS: 2 });
      }
      const pump = createPump(feed, response, position, limits.maxBufferBytes);
      const unsubscribe = feed.subscribe(pump);
      const beat = setInterval(() => response.write('event: beat\ndata:\n\n'), limits.heartbeatMs);
      const end = (): void => {
        if (!ends.delete(end)) return;
        clearInterval(beat);
        unsubscribe();
        response.end();
        onCount(ends.size);
      };
      ends.add(end);
      onCount(ends.size);
      request.on('close', end);
      response.on('close', end).on('error', end).on('drain', pump);
      response.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        connection: 'close', // Once it ends, nothing keeps a draining server open.
        'x-accel-buffering': 'no', // Proxies of nginx's kind would hold events back.
      });
      response.write('retry: 1000\nevent: beat\ndata:\n\n');
      pump();
    },
    close: () => {
      isClosed = true;
      for (const end of [...ends]) end();
    },
  };
}

/**
 * Writes what came after the position until there is no more, one run at a time. Called again while
 * it runs, it looks once more. It stops where the reader is slow; the socket's `drain` calls it.
 */
function createPump(
  feed: AlertFeed,
  response: ServerResponse,
  from: number,
  maxBufferBytes: number,
): () => void {
  let position = from;
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
      });
  };
  return pump;
}
