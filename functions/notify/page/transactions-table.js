// @ts-check
import { element } from './element.js';
import { formatMoney } from './money.js';
import { runningTotals } from './running-totals.js';
import { thresholdBar } from './threshold-bar.js';
import { timeElement } from './time.js';

/** @typedef {import('../alert-json.ts').AlertJson} Alert */

/**
 * The transactions of an alert, oldest first, each with the total after it against the threshold.
 * @param {Alert} alert
 */
export function transactionsTable(alert) {
  const { currency } = alert.pair;
  const { beforeMinor, rows, totalMinor, thresholdMinor } = runningTotals(alert);
  const maxMinor = totalMinor > thresholdMinor ? totalMinor : thresholdMinor;
  const body = element('tbody');
  if (alert.truncated) {
    const count = alert.transactionCount - alert.transactions.length;
    body.append(
      element(
        'tr',
        { class: 'earlier' },
        element('td', {}, `${count} earlier, not listed`),
        element('td', { class: 'number' }, formatMoney(beforeMinor, currency)),
        element('td', { class: 'number' }, formatMoney(beforeMinor, currency)),
        barCell({ valueMinor: beforeMinor, thresholdMinor, maxMinor }),
      ),
    );
  }
  for (const { transaction, amountMinor, runningMinor } of rows) {
    const isOver = runningMinor > thresholdMinor;
    body.append(
      element(
        'tr',
        { class: isOver ? 'is-over' : undefined, title: `transaction ${transaction.id}` },
        element('td', {}, timeElement(transaction.timestamp)),
        element('td', { class: 'number' }, formatMoney(amountMinor, currency)),
        element('td', { class: 'number running' }, formatMoney(runningMinor, currency)),
        barCell({ valueMinor: runningMinor, thresholdMinor, maxMinor, newMinor: amountMinor }),
      ),
    );
  }
  const threshold = `threshold ${formatMoney(thresholdMinor, currency)}`;
  return element('table', {}, headOf(threshold), body);
}

/** @param {string} threshold */
function headOf(threshold) {
  const head = (/** @type {string} */ name, /** @type {string} */ kind = '') =>
    element('th', { scope: 'col', class: kind }, name);
  return element(
    'thead',
    {},
    element(
      'tr',
      {},
      head('Time'),
      head('Amount', 'number'),
      head('Running total', 'number'),
      head(threshold, 'bar-cell'),
    ),
  );
}

/** @param {Parameters<typeof thresholdBar>[0]} amounts */
function barCell(amounts) {
  return element('td', { class: 'bar-cell' }, thresholdBar(amounts));
}
