import { formatAmount } from '#shared/domain/amount.ts';
import type { Rule } from '#shared/domain/rule.ts';
import type { Receipt } from './journal.ts';

/** What `GET /transactions/{source}/{id}` answers: each time that the transaction came. */
export interface ReceiptJson {
  readonly transactionId: string;
  /** The pair whose total it is in, or would have been in. */
  readonly pair: Receipt['pair'];
  readonly rule: {
    readonly id: string;
    readonly version: number;
    readonly windowMs: number;
    readonly threshold: string;
  };
  readonly seen: readonly SeenJson[];
}

interface SeenJson {
  readonly at: string;
  readonly outcome: Receipt['outcome'];
  /** Trailing total that was answered; none for one that was late, which is not summed. */
  readonly total?: string;
  readonly transactionCount?: number;
  readonly alertId?: string;
  /** Where in the topic it was read; none for a plain post. */
  readonly partition?: number;
  readonly offset?: number;
}

export function toReceiptJson(
  transactionId: string,
  receipts: readonly [Receipt, ...Receipt[]],
  rule: Rule,
): ReceiptJson {
  const { id, version, windowMs, thresholdMinor } = rule;
  return {
    transactionId,
    pair: receipts[0].pair,
    rule: { id, version, windowMs, threshold: formatAmount(thresholdMinor) },
    seen: receipts.map(toSeenJson),
  };
}

function toSeenJson(receipt: Receipt): SeenJson {
  const { atMs, outcome, totalMinor, transactionCount, alertId, place } = receipt;
  return {
    at: new Date(atMs).toISOString(),
    outcome,
    ...(outcome !== 'late' && { total: formatAmount(totalMinor), transactionCount }),
    ...(alertId !== undefined && { alertId }),
    ...place,
  };
}
