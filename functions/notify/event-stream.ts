import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError } from '#shared/errors.ts';
import type { AlertFeed } from './alert-feed.ts';
import { createAlertPump } from './alert-pump.ts';

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

/**
 * Server-sent events: `alert` with the change's position as id, and `beat` in between, so that a
 * reader can tell a quiet stream from a dead one. The first beat has the position from which the
 * stream goes on as its id.
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
      // Left while the position was looked up: its `close` has passed, and no other will come.
      if (response.destroyed) return;
      if (isClosed || ends.size >= limits.maxStreams) {
        const detail = isClosed ? 'this replica is going away' : 'too many pages are open';
        throw new AppError('busy', detail, { retryAfterS: 2 });
      }
      const { maxBufferBytes } = limits;
      const pump = createAlertPump({ feed, response, position, maxBufferBytes });
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
      // With the id, a reader that is cut off before its first alert knows where to go on from.
      response.write(`retry: 1000\nevent: beat\nid: ${position}\ndata:\n\n`);
      pump();
    },
    close: () => {
      isClosed = true;
      for (const end of [...ends]) end();
    },
  };
}
