import type { Fraud, FraudMember } from '#shared/domain/fraud.ts';

/** Fraud events for tests: whole and consistent, each field settable that a test cares about. */
export function fraudOf(
  chosen: {
    alertId?: string;
    sequence?: number;
    origin?: string;
    target?: string;
    currency?: string;
    members?: number;
    totalMinor?: bigint;
  } = {},
): Fraud {
  const { alertId = 'alert', sequence = 1, origin = '1', target = '5', currency = 'USD' } = chosen;
  const transactions = membersOf(chosen.members ?? sequence + 1);
  const sum = transactions.reduce((total, member) => total + BigInt(member.amountMinor), 0n);
  return {
    alertId,
    sequence,
    rule: { id: 'pair-total', version: 1 },
    pair: { origin, target, currency },
    firstTimeMs: transactions[0]?.eventTimeMs ?? 0,
    lastTimeMs: transactions.at(-1)?.eventTimeMs ?? 0,
    totalMinor: chosen.totalMinor ?? sum,
    thresholdMinor: 1_000_000,
    windowMs: 600_000,
    transactionCount: transactions.length,
    truncated: false,
    transactions,
  };
}

function membersOf(count: number): FraudMember[] {
  return Array.from({ length: count }, (_, i) => ({
    id: `/bank#t${i}`,
    eventTimeMs: 1_562_784_330_000 + i * 1_000,
    amountMinor: i === 0 ? 517_500 : 643_700,
  }));
}
