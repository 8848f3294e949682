import type { Transaction } from '#shared/domain/transaction.ts';
import { AppError } from '#shared/errors.ts';

/**
 * Refuses an event time that lies more than `maxFutureMs` ahead of the clock (S5): it would become
 * its pair's newest time, and all that follows from right clocks would be late. 0 turns it off.
 * @throws AppError `future`.
 */
export function guardClock(
  transaction: Pick<Transaction, 'eventTimeMs'>,
  nowMs: number,
  maxFutureMs: number,
): void {
  if (maxFutureMs === 0 || transaction.eventTimeMs <= nowMs + maxFutureMs) return;
  const aheadMs = transaction.eventTimeMs - nowMs;
  throw new AppError('future', `timestamp: ${aheadMs} ms ahead of the clock`, {
    field: 'timestamp',
    expected: `a time at most ${maxFutureMs} ms ahead of the clock`,
  });
}
