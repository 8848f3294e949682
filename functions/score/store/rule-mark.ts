import { createHash } from 'node:crypto';
import type { Rule } from '#shared/domain/rule.ts';

/**
 * Tells rules apart in keys: totals made under another window or threshold are another state, so
 * two revisions that overlap in a rollout cannot spoil each other's.
 */
export function ruleMark(rule: Rule): string {
  const parts = [rule.id, rule.version, rule.windowMs, rule.allowedLatenessMs, rule.thresholdMinor];
  return createHash('sha256').update(parts.join(' ')).digest('base64url').slice(0, 6);
}
