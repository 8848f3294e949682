// @ts-check
import { toMinor } from './money.js';

/** @typedef {import('../alert-json.ts').AlertJson} Alert */

/**
 * The transactions of an alert with the total after each of them. Where older ones are not listed,
 * the first listed one starts from their sum.
 *
 * @param {Alert} alert
 */
export function runningTotals(alert) {
  const totalMinor = toMinor(alert.total);
  let listedMinor = 0n;
  for (const transaction of alert.transactions) listedMinor += toMinor(transaction.amount);
  const beforeMinor = totalMinor - listedMinor;
  let runningMinor = beforeMinor;
  const rows = alert.transactions.map((transaction) => {
    const amountMinor = toMinor(transaction.amount);
    runningMinor += amountMinor;
    return { transaction, amountMinor, runningMinor };
  });
  return { beforeMinor, rows, totalMinor, thresholdMinor: toMinor(alert.threshold) };
}
