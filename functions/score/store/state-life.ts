import type { Rule } from '#shared/domain/rule.ts';

/**
 * How long an idle pair is kept, milliseconds of the wall clock: `STATE_TTL_MS`, and never less
 * than what the rule can still ask for, window and allowed lateness (L5).
 */
export function stateLifeMs(rule: Rule, stateTtlMs: number): number {
  return Math.max(stateTtlMs, rule.windowMs + rule.allowedLatenessMs);
}
