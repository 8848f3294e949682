import { formatAmount } from '#shared/domain/amount.ts';
import type { Pair } from '#shared/domain/pair.ts';
import type { Rule } from '#shared/domain/rule.ts';
import { alertId } from './core/alert-id.ts';
import type { PairTotal } from './totals-store.ts';

/**
 * What `GET /pairs/{origin}/{target}` answers: the trailing window at the pair's newest
 * transaction.
 */
export function toPairJson(pair: Pair, total: PairTotal, rule: Rule): Record<string, unknown> {
  const { origin, target, currency } = pair;
  const isOpen = total.openingId !== undefined;
  return {
    pair: { origin, target, currency },
    newestTimestamp: new Date(total.newestTimeMs).toISOString(),
    total: formatAmount(total.totalMinor),
    threshold: formatAmount(rule.thresholdMinor),
    windowMs: rule.windowMs,
    transactionCount: total.transactionCount,
    ...(isOpen ? { alertId: alertId(rule, pair, total.openingId) } : {}),
    truncated: total.members.length < total.transactionCount,
    transactions: total.members.map((member) => ({
      id: member.id,
      timestamp: new Date(member.eventTimeMs).toISOString(),
      amount: formatAmount(member.amountMinor),
    })),
  };
}
