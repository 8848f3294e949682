import type { Rule } from '#shared/domain/rule.ts';
import type { DeliverySpec } from '../eventing/delivery.ts';

/**
 * The settings of a chaos run. Deadlines are a tenth of what is usual, so that "longer than every
 * deadline" is a few seconds; their order is the usual one: the store's is the shortest, then the
 * sink's, score's own for a request, the source's for it, the group's for a silent reader.
 */
export const CHAOS_RULE: Rule = {
  id: 'pair-total',
  version: 1,
  groupBy: 'pair',
  windowMs: 40_000,
  allowedLatenessMs: 40_000,
  thresholdMinor: 1_000_000,
  updates: 'doubling',
};

/** How far back from now the totals reach, and so does the repair of L3. */
export const REACH_MS = CHAOS_RULE.windowMs + CHAOS_RULE.allowedLatenessMs;

export const STORE_TIMEOUT_MS = 300;
export const SINK_TIMEOUT_MS = 800;
export const REQUEST_TIMEOUT_MS = 1500;
/** How long a reader may be silent before its partitions go to others. */
export const SESSION_TIMEOUT_MS = 3000;
/** Longer than each of them. */
export const FREEZE_MS = 3600;

/**
 * Tried again for 75 s at least, longer than all faults together last: what waits for what comes
 * back is no dead letter. The longest wait is 6 s, far below the allowed lateness.
 */
export const CHAOS_DELIVERY = {
  retry: 24,
  backoffPolicy: 'linear',
  backoffDelay: 'PT0.25S',
  timeout: 'PT2S',
} as const satisfies DeliverySpec;

/** Often, so that "all is settled" is seen soon; a killed source still sends again what it had. */
export const COMMIT_INTERVAL_MS = 300;

export function scoreEnvironment(): Record<string, string> {
  return {
    WINDOW_MS: String(CHAOS_RULE.windowMs),
    ALLOWED_LATENESS_MS: String(CHAOS_RULE.allowedLatenessMs),
    STORE_TIMEOUT_MS: String(STORE_TIMEOUT_MS),
    SINK_TIMEOUT_MS: String(SINK_TIMEOUT_MS),
    REQUEST_TIMEOUT_MS: String(REQUEST_TIMEOUT_MS),
  };
}
