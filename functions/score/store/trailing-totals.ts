import type { TotalMinor } from '#shared/domain/amount.ts';

/** What follows for one entry from the times and amounts of all. */
export interface Trailing {
  readonly eventTimeMs: number;
  readonly totalMinor: TotalMinor;
  readonly transactionCount: number;
}

/**
 * Trailing total and count of each entry over (time − W, time], entries before it in the list
 * (D1), from a flat list of [time since the one before, amount, id].
 */
export function trailingTotals(
  list: readonly (number | string)[],
  firstTimeMs: number,
  windowMs: number,
): Trailing[] {
  const count = list.length / 3;
  const trailing: Trailing[] = [];
  let eventTimeMs = firstTimeMs;
  let startTimeMs = firstTimeMs;
  let start = 0;
  // A sum in numbers while it is exact, else in bigint.
  let sum: number | bigint = 0;
  for (let i = 0; i < count; i++) {
    eventTimeMs += list[3 * i] as number;
    sum = plus(sum, list[3 * i + 1] as number);
    while (startTimeMs <= eventTimeMs - windowMs) {
      sum = plus(sum, -(list[3 * start + 1] as number));
      start += 1;
      startTimeMs += list[3 * start] as number;
    }
    trailing.push({ eventTimeMs, totalMinor: BigInt(sum), transactionCount: i - start + 1 });
  }
  return trailing;
}

function plus(sum: number | bigint, amount: number): number | bigint {
  if (typeof sum === 'bigint') return sum + BigInt(amount);
  const total = sum + amount;
  return Number.isSafeInteger(total) ? total : BigInt(sum) + BigInt(amount);
}
