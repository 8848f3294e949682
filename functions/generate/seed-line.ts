import { formatSeedAmount } from '#shared/domain/amount.ts';
import type { Transaction } from '#shared/domain/transaction.ts';

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/**
 * The seeds' line (S4): `Sunday, 23-Jul-17 01:06:47 UTC;66;26;7810`. Says neither milliseconds nor
 * currency nor an id, so traffic for it is made in whole seconds and without duplicates.
 */
export function encodeSeedLine(transaction: Omit<Transaction, 'id' | 'currency'>): string {
  const { eventTimeMs, origin, target, amountMinor } = transaction;
  return `${formatRfc850(eventTimeMs)};${origin};${target};${formatSeedAmount(amountMinor)}`;
}

function formatRfc850(timeMs: number): string {
  const time = new Date(timeMs);
  const date = [
    two(time.getUTCDate()),
    MONTHS[time.getUTCMonth()],
    two(time.getUTCFullYear() % 100),
  ];
  const clock = [time.getUTCHours(), time.getUTCMinutes(), time.getUTCSeconds()].map(two);
  return `${DAYS[time.getUTCDay()]}, ${date.join('-')} ${clock.join(':')} UTC`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
