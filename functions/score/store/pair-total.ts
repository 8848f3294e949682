import type { Rule } from '#shared/domain/rule.ts';
import { membersAt } from '../core/findings.ts';
import type { PairState } from '../core/pair-state.ts';
import { windowStart } from '../core/window.ts';
import type { PairTotal } from '../totals-store.ts';

/** The pair's total at its newest transaction; undefined while it has none. */
export function totalOf(state: PairState, rule: Rule): PairTotal | undefined {
  const newest = state.entries.at(-1);
  if (newest === undefined) return undefined;
  const last = state.entries.length - 1;
  return {
    newestTimeMs: newest.eventTimeMs,
    totalMinor: newest.totalMinor,
    transactionCount: last - windowStart(state.entries, last, rule.windowMs) + 1,
    openingId: state.newestOpeningId,
    members: membersAt(state, newest, state.arrivals, rule),
  };
}
