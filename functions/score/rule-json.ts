import { formatAmount } from '#shared/domain/amount.ts';
import type { Rule } from '#shared/domain/rule.ts';

/** What `GET /rule` answers: all that decides about a transaction. */
export interface RuleJson extends Omit<Rule, 'thresholdMinor'> {
  readonly threshold: string;
  readonly maxFutureMs: number;
  readonly stateTtlMs: number;
}

export function toRuleJson(
  { thresholdMinor, ...rule }: Rule,
  more: Pick<RuleJson, 'maxFutureMs' | 'stateTtlMs'>,
): RuleJson {
  return { ...rule, threshold: formatAmount(thresholdMinor), ...more };
}
