import type { RequestListener } from 'node:http';
import type { Registry } from 'prom-client';
import type { Rule } from '#shared/domain/rule.ts';
import { DECODE_LIMITS } from '#shared/events/decode-transactions.ts';
import { sendAnswer } from '#shared/http/answer.ts';
import { createTokenCheck } from '#shared/http/bearer-token.ts';
import { lazyListener } from '#shared/http/lazy-listener.ts';
import { probeAnswer } from '#shared/http/probes.ts';
import type { Log } from '#shared/log.ts';
import { createArrivalIds } from './arrival-ids.ts';
import { createEventDoor, type EventDoorLimits } from './event-door.ts';
import { createEventPath, type EventPathLimits } from './event-path.ts';
import { createFailureLog } from './failure-log.ts';
import type { Journal } from './journal.ts';
import type { Score } from './score.ts';
import { createScoreMetrics } from './score-metrics.ts';
import type { TotalsStore } from './totals-store.ts';

/** Bounds of the event path (P); each is a setting of `config.ts`, where the defaults are said. */
export type ScoreLimits = EventPathLimits & EventDoorLimits;

export const SCORE_LIMITS: ScoreLimits = {
  ...DECODE_LIMITS,
  maxInFlight: 256,
  maxBodyBytes: 64 * 1024,
  maxBatchBytes: 1024 * 1024,
  bodyTimeoutMs: 10_000,
  requestTimeoutMs: 12_000,
};

const DAY_MS = 86_400_000;

export interface ScoreAppParts {
  readonly score: Score;
  readonly store: Pick<TotalsStore, 'read'>;
  readonly journal: Pick<Journal, 'admit' | 'accepted' | 'refused' | 'receipts'>;
  readonly rule: Rule;
  readonly log: Log;
  readonly registry: Registry;
  readonly limits?: Partial<ScoreLimits>;
  /** Bearer token that the event path and `/pairs` ask for; none: open. */
  readonly token?: string | undefined;
  /** STATE_TTL_MS, for `/rule`; a day unless given. */
  readonly stateTtlMs?: number;
  /** The clock, epoch milliseconds. */
  readonly now?: () => number;
  /** Makes the id of a plain post that has none. */
  readonly makeId?: () => string;
  /** False once draining has begun. */
  readonly isReady?: () => boolean;
  /** Undefined when the store can be used, else a sentence. */
  readonly notReadyReason?: () => string | undefined;
}

/**
 * The door of score: request in, status out (spec H). `POST /` is the event path, answered here
 * without express, whose router and body parser would cost five times the rest. So are the probes:
 * all else is in `routes.ts`, which is loaded when it is first asked for, since express would be a
 * third of the start from zero.
 */
export function createScoreApp(parts: ScoreAppParts): { listener: RequestListener } {
  const { rule, score, journal, log, registry, token, now = Date.now } = parts;
  const makeId = parts.makeId ?? createArrivalIds(now);
  const limits = { ...SCORE_LIMITS, ...parts.limits };
  const metrics = createScoreMetrics(registry);
  const logFailure = createFailureLog(log, now);
  const checkToken = createTokenCheck(token);
  const door = createEventDoor({ score, rule, journal, limits, makeId, metrics, logFailure });
  const { isReady = () => true, notReadyReason = () => undefined } = parts;
  const health = { isReady, notReadyReason };
  const routes = lazyListener(async () => {
    const { createRoutes } = await import('./routes.ts');
    const { maxFutureMs } = limits;
    const ruleMore = { maxFutureMs, stateTtlMs: parts.stateTtlMs ?? DAY_MS };
    return createRoutes({
      ...parts,
      ruleMore,
      health,
      checkToken,
      logFailure,
      refused: metrics.refused,
    });
  });
  const eventPath = createEventPath({ door, limits, checkToken, metrics, logFailure, now });
  return {
    listener: (request, response) => {
      const path = pathOf(request.url);
      if (request.method === 'POST' && path === '/') return eventPath(request, response);
      const probed = probeAnswer(request.method, path, health);
      if (probed === undefined) routes(request, response);
      else sendAnswer(response, probed);
    },
  };
}

function pathOf(url = '/'): string {
  const end = url.indexOf('?');
  return end < 0 ? url : url.slice(0, end);
}
