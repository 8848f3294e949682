import type { RequestListener } from 'node:http';
import type { Registry } from 'prom-client';
import type { Fraud } from '#shared/domain/fraud.ts';
import { toAppError } from '#shared/errors.ts';
import { createTokenCheck } from '#shared/http/bearer-token.ts';
import type { Log } from '#shared/log.ts';
import { createAlertFeed } from './alert-feed.ts';
import type { AlertStore } from './alert-store.ts';
import type { Channel } from './channels/channel.ts';
import { createEventDoor } from './event-door.ts';
import { createEventPath, type EventPathLimits } from './event-path.ts';
import { createEventStreams, type StreamLimits } from './event-stream.ts';
import type { LineHealth } from './line-health.ts';
import { createNotify } from './notify.ts';
import { createNotifyMetrics } from './notify-metrics.ts';
import type { PageAccess } from './page-access.ts';
import { loadPageFiles } from './page-files.ts';
import { createRoutes } from './routes.ts';

/** Bounds of notify's door (P). */
export type NotifyLimits = EventPathLimits & StreamLimits & { readonly pollMs: number };

export const NOTIFY_LIMITS: NotifyLimits = {
  maxInFlight: 256,
  maxBodyBytes: 1024 * 1024,
  bodyTimeoutMs: 10_000,
  maxStreams: 200,
  heartbeatMs: 5_000,
  maxBufferBytes: 1024 * 1024,
  pollMs: 300,
};

export interface NotifyAppParts {
  readonly store: AlertStore;
  /** Alerts of probes, which only `/probes/:id` gives; none: they are not kept. */
  readonly probes?: AlertStore | undefined;
  /** How the line before it is; none: nobody looks. */
  readonly lineHealth?: () => LineHealth;
  readonly channels: readonly Channel[];
  readonly log: Log;
  readonly registry: Registry;
  /** Who may see the page and /alerts. Default: whoever asks for it as localhost. */
  readonly access?: PageAccess;
  /** Bearer token that the event path asks for; none: open. */
  readonly token?: string | undefined;
  readonly limits?: Partial<NotifyLimits>;
  /** The clock, epoch milliseconds. */
  readonly now?: () => number;
  /** False once draining has begun. */
  readonly isReady?: () => boolean;
  /** Undefined when the store can be used, else a sentence. */
  readonly notReadyReason?: () => string | undefined;
}

export interface NotifyApp {
  readonly listener: RequestListener;
  /** Ends the streams, which would else keep a draining server open. */
  readonly close: () => void;
}

/**
 * The door of notify. `POST /` takes a fraud event, answered without express; the page, `/alerts`,
 * `/events` and the probes are in `routes.ts`.
 */
export function createNotifyApp(parts: NotifyAppParts): NotifyApp {
  const { store, channels, log, registry, access = { kind: 'loopback' }, now = Date.now } = parts;
  const { probes } = parts;
  const limits = { ...NOTIFY_LIMITS, ...parts.limits };
  const metrics = createNotifyMetrics(registry);
  const feed = createAlertFeed(store, { pollMs: limits.pollMs });
  const streams = createEventStreams({ feed, limits, onCount: metrics.streams });
  const onUnmarked = ({ alertId, sequence }: Fraud, error: unknown): void => {
    const reason = toAppError(error).message;
    log.warn(
      { alertId, sequence, reason },
      'channels were told, and the store could not keep that they were',
    );
  };
  const notify = createNotify({ store, probes, channels, onUnmarked });
  const door = createEventDoor({
    notify: async (fraud, nowMs) => {
      const upserted = await notify(fraud, nowMs);
      if (upserted.kind !== 'known') feed.nudge();
      return upserted;
    },
    metrics,
    log,
  });
  const checkToken = createTokenCheck(parts.token);
  const eventPath = createEventPath({ door, limits, checkToken, metrics, log, now });
  const { isReady = () => true, notReadyReason = () => undefined } = parts;
  const files = loadPageFiles();
  const routes = createRoutes({
    ...{ store, probes, streams, files, access, registry, log, isReady, notReadyReason },
    refused: metrics.refused,
    lineHealth: () => parts.lineHealth?.(),
  });
  return {
    listener: (request, response) => {
      const isEvent = request.method === 'POST' && /^\/(?:\?|$)/.test(request.url ?? '/');
      if (isEvent) eventPath(request, response);
      else routes(request, response);
    },
    close: () => {
      streams.close();
      feed.stop();
    },
  };
}
