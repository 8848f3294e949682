import { createHash } from 'node:crypto';
import type { Pair } from '#shared/domain/pair.ts';
import type { Rule } from '#shared/domain/rule.ts';

/**
 * The alert's id (D7): 32 hexadecimal digits made of the rule, the pair and the id of the
 * transaction that opened the episode, and of nothing else. The same input in the same order gives
 * the same ids on any machine and after any rebuild.
 */
export function alertId(
  rule: Pick<Rule, 'id' | 'version'>,
  pair: Pair,
  openingTransactionId: string,
): string {
  const name = [rule.id, rule.version, pair.currency, pair.origin, pair.target];
  return createHash('sha256')
    .update(JSON.stringify([...name, openingTransactionId]))
    .digest('hex')
    .slice(0, 32);
}
